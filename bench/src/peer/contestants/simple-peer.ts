import type { Driver } from "@peerloom/signaling";
import SimplePeer from "simple-peer/simplepeer.min.js";
import type { Connect, Line } from "./line.ts";

/** The part of simple-peer that is used: its package has no types. */
export interface SimplePeerLike {
  on(event: "signal" | "data" | "connect" | "error", listener: (value: unknown) => void): void;
  signal(data: unknown): void;
  send(data: string | Uint8Array): void;
  destroy(): void;
  readonly _channel: RTCDataChannel;
}

/** simple-peer, signaled over the same driver as the raw channel. */
export function simplePeerConnect(driver: Driver): Connect {
  return async (room, side, onLine) => {
    let peer: SimplePeerLike | undefined;
    const encoder = new TextEncoder();
    const decoder = new TextDecoder();
    const say = (data: unknown): void => void driver.publish([room], encoder.encode(JSON.stringify({ from: side, data })));
    const start = (initiator: boolean): SimplePeerLike => {
      const made = new SimplePeer({ initiator, config: { iceServers: [] } });
      made.on("signal", say);
      made.on("connect", () => onLine(simplePeerLine(made)));
      made.on("error", () => {});
      peer = made;
      return made;
    };
    const handler = (bytes: Uint8Array): void => {
      const { from, data } = JSON.parse(decoder.decode(bytes)) as { from: string; data: unknown };
      if (from === side) return;
      if (data === "join") start(true);
      else (peer ?? start(false)).signal(data);
    };
    await driver.subscribe([room], handler);
    if (side === "a") say("join");
    return async () => {
      peer?.destroy();
      await driver.unsubscribe([room], handler);
    };
  };
}

const HIGH_BYTES = 1_048_576;

function simplePeerLine(peer: SimplePeerLike): Line {
  const decoder = new TextDecoder();
  const channel = peer._channel;
  channel.bufferedAmountLowThreshold = HIGH_BYTES / 4;
  const line: Line = {
    onMessage: () => {},
    post(data) {
      peer.send(data);
      if (channel.bufferedAmount < HIGH_BYTES) return undefined;
      return new Promise((resolve) => channel.addEventListener("bufferedamountlow", () => resolve(), { once: true }));
    },
  };
  // It hands texts over as bytes, too.
  peer.on("data", (data) => line.onMessage((data as Uint8Array).length > 1000 ? (data as Uint8Array) : decoder.decode(data as Uint8Array)));
  return line;
}
