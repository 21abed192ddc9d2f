import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { attachRelay } from "@peerloom/server";
import { Server } from "socket.io";

export interface RecordingRelay extends AsyncDisposable {
  readonly url: string;
  /** All that its sockets have carried, both ways, as latin1. */
  record(): string;
}

/** A relay that writes down every byte that passes it. */
export async function startRecordingRelay(): Promise<RecordingRelay> {
  const http = createServer();
  const io = new Server(http);
  const relay = attachRelay(io, { warn: () => {} });
  const pieces: string[] = [];
  const take = ({ data }: { readonly data?: unknown }): void => {
    if (typeof data === "string") pieces.push(Buffer.from(data).toString("latin1"));
    else if (data instanceof Uint8Array) pieces.push(Buffer.from(data).toString("latin1"));
  };
  io.engine.on("connection", (socket: NodeJS.EventEmitter) => {
    socket.on("packet", take);
    socket.on("packetCreate", take);
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    record: () => pieces.join("\n"),
    [Symbol.asyncDispose]: async () => {
      await relay.close();
      await io.close();
    },
  };
}
