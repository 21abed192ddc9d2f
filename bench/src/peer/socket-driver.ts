import type { Socket } from "node:net";
import { createInterface } from "node:readline";
import { createDriver, type Driver } from "@peerloom/signaling";

/** Signaling between two processes by a socket: a line of JSON for each message. */
export function socketDriver(socket: Socket): Driver {
  socket.setNoDelay(true);
  return createDriver({ name: "socket", isShared: false }, (events) => {
    createInterface(socket).on("line", (line) => {
      const [address, bytes] = JSON.parse(line) as [string, string];
      events.message(address, new Uint8Array(Buffer.from(bytes, "base64")));
    });
    socket.on("error", events.error);
    events.active();
    return {
      // The other side's everything comes; the driver looks for those who want it.
      subscribe: () => {},
      unsubscribe: () => {},
      publish: (address, bytes) => void socket.write(`${JSON.stringify([address, Buffer.from(bytes).toString("base64")])}\n`),
    };
  });
}
