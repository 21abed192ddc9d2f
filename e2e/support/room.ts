import type { RtcBackend } from "@peerloom/core";
import { Peer } from "@peerloom/peer";
import { createDriver } from "@peerloom/signaling";

/** What one end of `meetInRoom` has around it; lines are JSON. */
export interface RoomSurroundings {
  readonly id: string;
  readonly rtc?: RtcBackend;
  readonly iceServers?: readonly RTCIceServer[];
  readonly iceTransportPolicy?: RTCIceTransportPolicy;
  readonly connectTimeoutMs?: number;
  /** Carries a line to all other ends, and what is to be reported to the test. */
  readonly say: (message: RoomLine) => void;
  readonly onLine: (listener: (line: RoomLine) => void) => void;
}

export type RoomLine =
  | { readonly type: "signal"; readonly address: string; readonly bytes: string }
  | { readonly type: "report"; readonly event: string; readonly at: number; readonly detail?: unknown };

const bytesSent = 1024 * 1024;

/**
 * A peer that meets another one in a room: says hello and sends a mebibyte, reports what it gets, how the path is, and each change of the
 * connection. Runs in Node and in pages.
 */
export async function meetInRoom({ say, onLine, ...options }: RoomSurroundings): Promise<Peer> {
  const driver = createDriver({ name: "lines" }, ({ message, active }) => {
    onLine((line) => {
      if (line.type === "signal")
        message(
          line.address,
          Uint8Array.from(atob(line.bytes), (letter) => letter.charCodeAt(0)),
        );
    });
    queueMicrotask(active);
    return {
      subscribe: () => {},
      unsubscribe: () => {},
      publish: (address, bytes) => say({ type: "signal", address, bytes: btoa(String.fromCharCode(...bytes)) }),
    };
  });
  const report = (event: string, detail?: unknown): void => say({ type: "report", event, at: Date.now(), detail });
  const peer = new Peer({ driver, ...options });
  peer.on("error", ({ error }) => report("error", (error as { code?: string }).code ?? String(error)));
  peer.on("connection", ({ state }) => report(state));
  peer.on("channel:message", ({ data, remote }) => {
    report("got", data instanceof Uint8Array ? data.byteLength : data);
    if (data instanceof Uint8Array) void peer.stats(remote.id).then(({ path }) => report("path", path));
  });
  peer.on("connection:connected", ({ remote }) => {
    const send = (data: unknown): void => {
      void peer.send("talk", data, { to: remote.id }).then(
        () => report("sent"),
        (error: unknown) => report("error", String(error)),
      );
    };
    send(`hello from ${options.id}`);
    send(new Uint8Array(bytesSent).fill(7));
  });
  peer.open("talk");
  await peer.join({ room: "room" });
  report("joined");
  return peer;
}
