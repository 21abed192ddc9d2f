import { Peer, type DataConnection } from "peerjs";
import type { Connect, Line } from "./line.ts";

/** PeerJS over a PeerServer on loopback, with its fastest serialization. */
export function peerjsConnect(port: number): Connect {
  return async (room, side, onLine) => {
    const peer = new Peer(`${room}-${side}`, { host: "127.0.0.1", port, path: "/", config: { iceServers: [] } });
    const opened = new Promise<void>((resolve, reject) => {
      peer.on("open", () => resolve());
      peer.on("error", reject);
    });
    const take = (connection: DataConnection): void => void connection.on("open", () => onLine(peerjsLine(connection)));
    peer.on("connection", take);
    await opened;
    if (side === "a") take(peer.connect(`${room}-b`, { serialization: "raw", reliable: true }));
    return async () => peer.destroy();
  };
}

const HIGH_BYTES = 1_048_576;

function peerjsLine(connection: DataConnection): Line {
  const channel = connection.dataChannel;
  channel.bufferedAmountLowThreshold = HIGH_BYTES / 4;
  const line: Line = {
    onMessage: () => {},
    post(data) {
      void connection.send(data);
      if (channel.bufferedAmount < HIGH_BYTES) return undefined;
      return new Promise((resolve) => channel.addEventListener("bufferedamountlow", () => resolve(), { once: true }));
    },
  };
  connection.on("data", (data) => line.onMessage(data instanceof ArrayBuffer ? new Uint8Array(data) : (data as string)));
  return line;
}
