import { createCell, type Cell } from "../cell.ts";

const periodMs = 120;
/** A voice stays shown for a moment, so that the frame does not flicker between words. */
const holdMs = 400;
/** Root mean square from which on it is a voice. */
const threshold = 0.02;

interface Listened {
  readonly source: MediaStreamAudioSourceNode;
  readonly analyser: AnalyserNode;
  readonly track: MediaStreamTrack;
  lastLoud: number;
}

/** Hears who speaks. */
export class Loudness {
  /** The ids of those who speak. */
  readonly speaking: Cell<ReadonlySet<string>> = createCell(new Set());
  readonly #context = new AudioContext();
  readonly #listened = new Map<string, Listened>();
  readonly #samples = new Float32Array(512);
  readonly #timer = setInterval(() => this.#look(), periodMs);

  /** Listens to the audio of these streams, and to no other any more. */
  follow(streams: ReadonlyMap<string, MediaStream | undefined>): void {
    if (this.#context.state === "suspended") void this.#context.resume();
    for (const [id, { source, track }] of this.#listened) {
      if (streams.get(id)?.getAudioTracks()[0] === track) continue;
      source.disconnect();
      this.#listened.delete(id);
    }
    for (const [id, stream] of streams) {
      const track = stream?.getAudioTracks()[0];
      if (track === undefined || this.#listened.has(id)) continue;
      const source = this.#context.createMediaStreamSource(new MediaStream([track]));
      const analyser = this.#context.createAnalyser();
      analyser.fftSize = this.#samples.length;
      source.connect(analyser);
      this.#listened.set(id, { source, analyser, track, lastLoud: -Infinity });
    }
  }

  close(): void {
    clearInterval(this.#timer);
    this.follow(new Map());
    this.speaking.set(new Set());
    void this.#context.close();
  }

  #look(): void {
    const now = performance.now();
    for (const listened of this.#listened.values()) if (this.#isLoud(listened)) listened.lastLoud = now;
    const speaking = [...this.#listened].filter(([, { lastLoud }]) => now - lastLoud < holdMs).map(([id]) => id);
    const before = this.speaking.value;
    if (speaking.length !== before.size || speaking.some((id) => !before.has(id))) this.speaking.set(new Set(speaking));
  }

  #isLoud({ analyser, track }: Listened): boolean {
    if (!track.enabled || track.muted) return false;
    analyser.getFloatTimeDomainData(this.#samples);
    const square = this.#samples.reduce((sum, sample) => sum + sample * sample, 0) / this.#samples.length;
    return Math.sqrt(square) > threshold;
  }
}
