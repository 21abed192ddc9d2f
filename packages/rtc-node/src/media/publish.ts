import { MediaStream, MediaStreamTrack } from "werift";
import { Packetizer } from "./packetizer.ts";
import { webmFrames } from "./webm.ts";
import type { Frame } from "./webm.ts";

/** What is played to others: give `stream` and its tracks to a connection of werift, then `start`. */
export interface Player extends AsyncDisposable {
  readonly stream: MediaStream;
  /** Resolves when all was played or it was stopped, rejects when the source fails. Nothing plays before it is called. */
  start(): Promise<void>;
  /** Ends the tracks. Idempotent. */
  stop(): Promise<void>;
}

export interface PlayOptions {
  /** Starts again at the end. @defaultValue false */
  readonly loop?: boolean;
  readonly kinds?: readonly ("audio" | "video")[];
}

/** Plays a WebM file with VP8 and Opus, in its own time. */
export function publishFile(path: string, { loop = false, kinds = ["audio", "video"] }: PlayOptions = {}): Player {
  return publishFrames(
    async function* () {
      let isPlayed: boolean;
      do {
        isPlayed = false;
        for await (const frame of webmFrames(path)) {
          isPlayed ||= isPlayable(frame);
          yield frame;
        }
        // Of nothing there is no end of beginnings.
      } while (loop && isPlayed);
    },
    { kinds },
  );
}

/**
 * Plays frames that are made elsewhere, each at its time: `source` gives them when `start` is called, in order; VP8 for video, Opus for
 * audio. Times that go back, as at the start of another round, go on from where the last ended.
 */
export function publishFrames(source: () => AsyncIterable<Frame>, { kinds = ["audio", "video"] }: Omit<PlayOptions, "loop"> = {}): Player {
  const stream = new MediaStream();
  const outlets = new Map(
    kinds.map((kind) => {
      const track = new MediaStreamTrack({ kind });
      stream.addTrack(track);
      return [kind, { track, packetizer: new Packetizer() }] as const;
    }),
  );
  const life = new AbortController();
  const play = async (): Promise<void> => {
    const beganAt = performance.now();
    let shiftMs = 0;
    let lastMs = 0;
    for await (const frame of source()) {
      if (life.signal.aborted) return;
      if (!isPlayable(frame)) continue;
      if (frame.atMs + shiftMs < lastMs - maxBackMs) shiftMs = lastMs + frameMs - frame.atMs;
      const atMs = frame.atMs + shiftMs;
      lastMs = Math.max(lastMs, atMs);
      await until(beganAt + atMs, life.signal);
      if (life.signal.aborted) return;
      const outlet = outlets.get(frame.kind);
      for (const packet of outlet?.packetizer.packets(frame, atMs) ?? []) outlet?.track.writeRtp(packet);
    }
  };
  let playing: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    life.abort();
    for (const { track } of outlets.values()) track.stop();
    await playing?.catch(() => {});
  };
  return { stream, start: () => (playing ??= play()), stop, [Symbol.asyncDispose]: stop };
}

function isPlayable({ kind, codec }: Frame): boolean {
  return codec === (kind === "video" ? "V_VP8" : "A_OPUS");
}

/** Tracks of one file are a little out of step with each other. */
const maxBackMs = 500;
const frameMs = 33;

function until(at: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, Math.max(0, at - performance.now()));
    signal.addEventListener("abort", end, { once: true });
  });
}
