import { connect, type ConnectOptions } from "@peerloom/client";
import type { Connect, Line } from "../peer/contestants/line.ts";

/** Two clients of a relay, and the messages between them. With `isDirect` they begin once there is a direct path. */
export function clientConnect(url: string, options: () => ConnectOptions, isDirect: boolean): Connect {
  return async (room, side, onLine) => {
    const [id, other] = [`${room}-${side}`, `${room}-${side === "a" ? "b" : "a"}`];
    const client = await connect(url, { clientId: id, ...options() });
    const remote = client.remote(other);
    const line: Line = { onMessage: () => {}, post: (data) => (remote.emit("m", data) ? undefined : remote.drained()) };
    remote.on("m", (data: string | Uint8Array) => line.onMessage(data));
    if (side === "a" && isDirect) await remote.goDirect();
    onLine(line);
    return () => client.close();
  };
}
