import type { Driver } from "@peerloom/signaling";
import type { Connect, SideName } from "./line.ts";
import { rawLine, type Marks } from "./raw-line.ts";

interface Signal {
  readonly from: SideName;
  readonly join?: true;
  readonly description?: RTCSessionDescriptionInit;
  readonly candidate?: RTCIceCandidateInit;
}

/** The least that connects two peers over a driver: who comes says so, who is there offers, candidates trickle. No checks. */
export function rawConnect(driver: Driver, Connection: typeof RTCPeerConnection, marks: Marks): Connect {
  return async (room, side, onLine) => {
    let pc: RTCPeerConnection | undefined;
    const early: RTCIceCandidateInit[] = [];
    const encoder = new TextEncoder();
    const decoder = new TextDecoder();
    const say = (signal: Omit<Signal, "from">): void =>
      void driver.publish([room], encoder.encode(JSON.stringify({ from: side, ...signal })));
    const start = (): RTCPeerConnection => {
      const made = new Connection();
      const channel = made.createDataChannel("bench", { negotiated: true, id: 0 });
      const opened = (): void => onLine(rawLine(channel, marks));
      channel.addEventListener("open", opened, { once: true });
      made.addEventListener("icecandidate", ({ candidate }) => candidate && say({ candidate: candidate.toJSON() }));
      pc = made;
      return made;
    };
    const describe = async (connection: RTCPeerConnection): Promise<void> => {
      await connection.setLocalDescription();
      const { type, sdp } = connection.localDescription ?? { type: "offer", sdp: "" };
      say({ description: { type, sdp } });
    };
    const handler = async (bytes: Uint8Array): Promise<void> => {
      const { from, join, description, candidate } = JSON.parse(decoder.decode(bytes)) as Signal;
      if (from === side) return;
      if (join) return describe(start());
      if (candidate) {
        if (pc?.remoteDescription) await pc.addIceCandidate(candidate);
        else early.push(candidate);
      }
      if (!description) return;
      const connection = pc ?? start();
      await connection.setRemoteDescription(description);
      if (description.type === "offer") await describe(connection);
      for (const one of early.splice(0)) await connection.addIceCandidate(one);
    };
    const listener = (bytes: Uint8Array): void => void handler(bytes);
    await driver.subscribe([room], listener);
    if (side === "a") say({ join: true });
    return async () => {
      pc?.close();
      await driver.unsubscribe([room], listener);
    };
  };
}
