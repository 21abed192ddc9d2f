import { CONTROL } from "../limits.ts";
import { encodeControl, parseControl, type ControlMessage, type PulseMessage } from "./control.ts";
import { heard, startHeartbeat, tickHeartbeat, type Heartbeat, type HeartbeatTimes } from "./heartbeat.ts";
import { cut, Joiner } from "./pieces.ts";

/** What the control channel needs of its owner, and tells it. None of these may throw. */
export interface ControlHooks {
  readonly now: () => number;
  readonly heartbeat: HeartbeatTimes;
  open(): void;
  message(message: Exclude<ControlMessage, PulseMessage>): void;
  /** Anything came. */
  heard(): void;
  /** Nothing came for too long. Told again each time it is still so. */
  silent(): void;
  closed(): void;
  bad(what: string): void;
}

/** The negotiated data channel 0 of a pair: messages of the protocol, and the heartbeat. */
export class ControlChannel {
  readonly #channel: RTCDataChannel;
  readonly #hooks: ControlHooks;
  readonly #joiner = new Joiner(CONTROL.maxLength);
  readonly #life = new AbortController();
  #timer: ReturnType<typeof setInterval> | undefined;
  #heartbeat: Heartbeat;
  #asked = { ping: 0, at: 0 };
  #roundTripMs: number | undefined;
  #answered: (() => void) | undefined;
  #isStuck = false;

  constructor(channel: RTCDataChannel, hooks: ControlHooks) {
    this.#channel = channel;
    this.#hooks = hooks;
    this.#heartbeat = startHeartbeat(hooks.now());
    const { signal } = this.#life;
    const listen = (type: string, listener: (event: never) => void): void =>
      channel.addEventListener(type, listener as EventListener, { signal });
    listen("open", () => this.#opened());
    listen("message", ({ data }: MessageEvent<unknown>) => this.#received(data));
    listen("close", () => hooks.closed());
    // The close that follows an error says all there is to say.
    listen("error", (event: Event) => event.preventDefault());
    // Some backends open a negotiated channel before anyone can listen.
    if (channel.readyState === "open") queueMicrotask(() => this.#opened());
  }

  get roundTripMs(): number | undefined {
    return this.#roundTripMs;
  }

  /** Returns false when it is not open, or the other side takes nothing: then it is as good as closed. */
  send(message: ControlMessage): boolean {
    if (this.#channel.readyState !== "open" || this.#isStuck) return false;
    if (this.#channel.bufferedAmount >= CONTROL.maxBufferedBytes) {
      this.#isStuck = true;
      queueMicrotask(() => this.#stuck());
      return false;
    }
    try {
      for (const piece of cut(encodeControl(message), CONTROL.pieceLength)) this.#channel.send(piece);
      return true;
    } catch {
      return false;
    }
  }

  /** Something came by another channel: a sign of life, too. */
  heard(): void {
    this.#heartbeat = heard(this.#heartbeat, this.#hooks.now());
    this.#hooks.heard();
  }

  /** Asks the other side for a sign of life; `answered` is called once when one comes. */
  ask(answered?: () => void): void {
    this.#answered = answered ?? this.#answered;
    this.#asked = { ping: this.#asked.ping + 1, at: this.#hooks.now() };
    this.send({ type: "ping", ping: this.#asked.ping });
  }

  /** Resolves when the channel is closed, after `timeoutMs`, or when what `early` is given is called. */
  closed(timeoutMs: number, early: (done: () => void) => void): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#channel.removeEventListener("close", done);
        resolve();
      };
      const timer = setTimeout(done, timeoutMs);
      this.#channel.addEventListener("close", done);
      early(done);
      if (this.#channel.readyState === "closed") done();
    });
  }

  close(): void {
    this.#life.abort();
    clearInterval(this.#timer);
  }

  #opened(): void {
    if (this.#timer !== undefined || this.#life.signal.aborted) return;
    const { heartbeat, now } = this.#hooks;
    this.#heartbeat = startHeartbeat(now());
    this.#timer = setInterval(() => this.#tick(), heartbeat.intervalMs / 3);
    this.#hooks.open();
  }

  #tick(): void {
    const [next, verdict] = tickHeartbeat(this.#heartbeat, this.#hooks.now(), this.#hooks.heartbeat);
    this.#heartbeat = next;
    if (verdict === "ask") this.ask();
    if (verdict !== "lost") return;
    this.#hooks.silent();
    // The path may come back: the next answer tells.
    if (!this.#life.signal.aborted && this.#channel.bufferedAmount < 16_384) this.ask();
  }

  #received(data: unknown): void {
    this.heard();
    const joined = this.#joiner.add(data);
    if (joined === "more") return;
    const message = joined === "bad" ? undefined : parseControl(joined.text);
    if (message === undefined) return this.#hooks.bad("a control message that is malformed or too large");
    if (message.type === "ping") this.send({ type: "pong", ping: message.ping });
    else if (message.type === "pong") {
      if (message.ping === this.#asked.ping) this.#ponged();
    } else this.#hooks.message(message);
  }

  #stuck(): void {
    if (this.#life.signal.aborted) return;
    this.#hooks.bad("more than it takes answers to");
    this.#hooks.closed();
  }

  #ponged(): void {
    this.#roundTripMs = this.#hooks.now() - this.#asked.at;
    const answered = this.#answered;
    this.#answered = undefined;
    answered?.();
  }
}
