/**
 * A relay in a process of its own, to be killed. Options come as JSON in argv[2]; says `{ port }` when it listens.
 * With `dropRate` it loses that share of its clients' packets without a word; the relay's own code is untouched by that.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { attachRelay, type RelayOptions } from "@peerloom/server";
import { Server } from "socket.io";
import { MemoryWatch } from "../support/live-memory.ts";

export interface RelayProgramOptions {
  readonly port: number;
  readonly relay?: RelayOptions;
  readonly pingIntervalMs?: number;
  readonly pingTimeoutMs?: number;
  readonly dropRate?: number;
}

const {
  port,
  relay: relayOptions,
  pingIntervalMs = 10_000,
  pingTimeoutMs = 8000,
  dropRate = 0,
} = JSON.parse(process.argv[2] ?? "{}") as RelayProgramOptions;
const http = createServer();
const io = new Server(http, {
  pingInterval: pingIntervalMs,
  pingTimeout: pingTimeoutMs,
  maxHttpBufferSize: 1_000_000,
  perMessageDeflate: false,
  httpCompression: false,
});
const relay = attachRelay(io, { secret: "a secret that outlives restarts", ...relayOptions });
relay.onAny("memory", () => ({ rss: process.memoryUsage().rss, longestQueueBytes: longestQueue() }));
let watch: MemoryWatch | undefined;
relay.onAny("watch", () => void (watch = new MemoryWatch()));
relay.onAny("peak", () => watch?.stop());

let dropped = 0;
relay.onAny("dropped", () => dropped);
io.of("/peerloom").on("connection", (socket) => {
  const deliver = socket._onpacket.bind(socket);
  socket._onpacket = (packet) => {
    const isPacket = Array.isArray(packet.data) && packet.data[0] === "p";
    if (isPacket && Math.random() < dropRate) dropped += 1;
    else deliver(packet);
  };
});

http.listen(port, "127.0.0.1", () => process.send?.({ port: (http.address() as AddressInfo).port }));

/** Bytes of the longest outbound queue, measured beside the relay's own accounts: what engine.io and ws hold for one connection. */
function longestQueue(): number {
  const connections = Object.values(io.engine["clients"] as unknown as Record<string, Connection>);
  const lengths = connections.map(({ writeBuffer, transport }) => {
    const waiting = writeBuffer.reduce((sum, { data }) => sum + (data?.length ?? 0), 0);
    return waiting + (transport.socket?.bufferedAmount ?? 0);
  });
  return Math.max(0, ...lengths);
}

interface Connection {
  readonly writeBuffer: readonly { readonly data?: string | Uint8Array }[];
  readonly transport: { readonly socket?: { readonly bufferedAmount: number } };
}
