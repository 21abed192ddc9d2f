import { PeerloomError } from "@peerloom/core";
import { CONTROL } from "../limits.ts";
import { CandidateExchange } from "./candidate-exchange.ts";
import type { ConnectionHooks, ConnectionOptions, DriverMessage } from "./connection-options.ts";
import { ControlChannel } from "./control-channel.ts";
import type { ControlMessage, PulseMessage, StreamInfo } from "./control.ts";
import type { NegotiationInput } from "./negotiation.ts";
import { Negotiator } from "./negotiator.ts";
import { Path } from "./path.ts";
import { TaskQueue } from "./queue.ts";

type Route = "driver" | "control";

/**
 * One `RTCPeerConnection` with its control channel. All work on descriptions, candidates and transceivers stands in one queue, so
 * that at each moment one thing is done.
 */
export class Connection {
  readonly pc: RTCPeerConnection;
  readonly #options: ConnectionOptions;
  readonly #hooks: ConnectionHooks;
  readonly #queue: TaskQueue;
  readonly #candidates: CandidateExchange;
  readonly #life = new AbortController();
  readonly #negotiator: Negotiator;
  readonly #path: Path;
  #control: ControlChannel | undefined;
  /** Ends the wait for the other side's goodbye; set once that has come. */
  #bye: (() => void) | undefined;
  #hasBegun = false;

  constructor(options: ConnectionOptions) {
    const { pc, hooks, isLeader } = options;
    this.pc = pc;
    this.#options = options;
    this.#hooks = hooks;
    this.#queue = new TaskQueue((thrown) => hooks.error(thrown), CONTROL.maxWaiting);
    this.#candidates = new CandidateExchange(pc, {
      send: (candidates) => {
        if (this.isUp) this.send({ type: "candidates", candidates });
        else hooks.signal({ type: "candidate", candidates });
      },
      failed: (error) => hooks.error(error),
    });
    this.#negotiator = new Negotiator(isLeader, {
      offer: (offer, isRestart) => this.#makeOffer(offer, isRestart),
      say: (what) => void this.send({ type: "turn", what }),
      rollback: () => pc.setLocalDescription({ type: "rollback" }),
      isOver: () => this.#life.signal.aborted,
    });
    this.#path = new Path(pc, this.#life.signal, {
      ask: () => this.#control?.ask(),
      opened: () => hooks.up(),
      lost: () => hooks.down(),
      back: () => this.#goOn(),
      broken: () => hooks.broken(),
    });
    const listen = (type: string, listener: (event: never) => void): void =>
      pc.addEventListener(type, listener as EventListener, { signal: this.#life.signal });
    listen("icecandidate", ({ candidate }: RTCPeerConnectionIceEvent) => this.#candidates.found(candidate));
    // No listener for `negotiationneeded`: all that needs an offer is done here, and not each backend has the event.
    listen("track", () => hooks.track(pc));
    listen("datachannel", ({ channel }: RTCDataChannelEvent) => hooks.channel(channel));
  }

  /** Is the control channel open, and was the other side heard lately? */
  get isUp(): boolean {
    return this.#path.isUp;
  }

  /** Is it beyond help? */
  get isBroken(): boolean {
    return this.#path.isBroken;
  }

  /** Round trip over the control channel in milliseconds, once measured. */
  get roundTripMs(): number | undefined {
    return this.#control?.roundTripMs;
  }

  /** Makes the first offer. */
  offer(): void {
    if (this.#options.iceServers === undefined) this.#openControl();
    else {
      this.#add(async () => {
        await this.#configure();
        if (!this.#life.signal.aborted) this.#openControl();
      });
    }
    this.#step({ type: "want", what: "first" });
  }

  /** Offers new ICE credentials, so that another way is found. */
  restart(): void {
    this.#step({ type: "want", what: "restart" });
  }

  /** The other side has told what it wants: from now on media may be sent. */
  begin(): void {
    this.#hasBegun = true;
    this.arrange();
  }

  /** Has what this side sends brought up to date. */
  arrange(): void {
    if (!this.#hasBegun) return;
    this.#add(async () => {
      const needs = await this.#hooks.arrangeMedia(this.pc);
      if (needs === "offer") await this.#negotiator.run({ type: "want", what: "media" });
      else if (needs === "list") this.send({ type: "streams", streams: this.#hooks.listMedia() });
    });
  }

  /** Takes what came through the driver. */
  take(message: DriverMessage): void {
    if (message.type === "offer") this.#takeOffer(message.sdp, "driver", 0, undefined);
    else if (message.type === "answer") this.#takeAnswer(message.sdp, this.#negotiator.lastOffer);
    else this.#takeCandidates(message.candidates);
  }

  /** Says something on the control channel; false when it is not open. */
  send(message: ControlMessage): boolean {
    return this.#control?.send(message) ?? false;
  }

  /** Something came by a channel of the owner's: the other side lives. */
  heard(): void {
    this.#control?.heard();
  }

  /** Asks the other side for a sign of life that proves both directions; `answered` is called once when it comes. */
  ask(answered: () => void): void {
    this.#control?.ask(answered);
  }

  /** Says goodbye, and resolves when the other side has said so too, has closed, or does neither for a second. */
  async bye(): Promise<void> {
    if (this.#path.isDown || !this.send({ type: "bye" })) return;
    // Whoever answers a goodbye only leaves it the time to arrive.
    await this.#control?.closed(this.#bye === undefined ? 1000 : 200, (done) => (this.#bye ??= done));
  }

  /** Idempotent. No hook is called any more. */
  close(): void {
    if (this.#life.signal.aborted) return;
    this.#life.abort();
    this.#candidates.close();
    this.#queue.close();
    this.#control?.close();
    this.pc.close();
  }

  #openControl(): void {
    if (this.#control !== undefined) return;
    const channel = this.pc.createDataChannel("peerloom", { negotiated: true, id: 0, ordered: true });
    this.#control = new ControlChannel(channel, {
      now: this.#options.now,
      heartbeat: this.#options.heartbeat,
      open: () => this.#path.open(),
      message: (message) => this.#controlled(message),
      heard: () => this.#path.heard(),
      silent: () => this.#path.lose(),
      closed: () => this.#path.break(),
      bad: (what) => this.#hooks.bad(what),
    });
    this.#hooks.ready();
  }

  #controlled(message: Exclude<ControlMessage, PulseMessage>): void {
    switch (message.type) {
      case "offer":
        return this.#takeOffer(message.sdp, "control", message.offer, message.streams);
      case "answer":
        return this.#takeAnswer(message.sdp, message.offer);
      case "reject":
        this.#hooks.error(new PeerloomError("NEGOTIATION_FAILED", "the other side could not apply this side's description"));
        return this.#step({ type: "reject", offer: message.offer });
      case "turn":
        return this.#step({ type: message.what });
      case "candidates":
        return this.#takeCandidates(message.candidates);
      case "streams":
        return this.#add(async () => void this.#hooks.takeMedia(this.pc, message.streams));
      case "bye":
        this.#bye?.();
        this.#bye = () => {};
        return void this.#hooks.control(message);
      case "unwanted":
      case "metadata":
      case "channel":
      case "channel-close":
        return void this.#hooks.control(message);
    }
  }

  #takeOffer(sdp: string, route: Route, offer: number, streams: readonly StreamInfo[] | undefined): void {
    this.#add(() =>
      this.#negotiator.run({ type: "offer" }, async () => {
        // It comes by the driver when the connection begins, or its path is lost.
        if (route === "driver") await this.#configure();
        try {
          await this.pc.setRemoteDescription({ type: "offer", sdp });
        } catch (thrown) {
          // Otherwise the other side would wait for an answer for ever.
          if (route === "control") this.send({ type: "reject", offer });
          throw thrown;
        }
        this.#openControl();
        if (streams !== undefined) this.#hooks.takeMedia(this.pc, streams);
        const answering = this.pc.setLocalDescription();
        // They are next in the connection's own order, and the answer does not wait for them.
        const adding = this.#candidates.add();
        try {
          await answering;
          const text = this.pc.localDescription?.sdp ?? "";
          this.#describe(route, { type: "answer", sdp: text }, { type: "answer", offer, sdp: text });
        } finally {
          await adding;
        }
      }),
    );
  }

  #takeAnswer(sdp: string, offer: number): void {
    this.#add(() =>
      this.#negotiator.run({ type: "answer", offer }, async () => {
        try {
          await this.pc.setRemoteDescription({ type: "answer", sdp });
        } catch (thrown) {
          // Without a first answer nothing comes of it.
          if (!this.#path.isOpen) this.#path.break();
          throw thrown;
        }
        await this.#candidates.add();
      }),
    );
  }

  #takeCandidates(candidates: readonly RTCIceCandidateInit[]): void {
    this.#candidates.came(candidates);
    this.#add(() => this.#candidates.add());
  }

  #step(input: NegotiationInput): void {
    this.#add(() => this.#negotiator.run(input));
  }

  #add(task: () => Promise<void>): void {
    const isTaken = this.#queue.add(async () => {
      if (!this.#life.signal.aborted) await task();
    });
    if (!isTaken && !this.#life.signal.aborted) this.#hooks.bad("more descriptions and lists than wait at once");
  }

  async #makeOffer(offer: number, isRestart: boolean): Promise<void> {
    try {
      if (this.#hasBegun) await this.#hooks.arrangeMedia(this.pc);
      if (isRestart) {
        await this.#configure();
        this.pc.restartIce();
      }
      await this.pc.setLocalDescription();
      const sdp = this.pc.localDescription?.sdp ?? "";
      const route: Route = this.isUp ? "control" : "driver";
      this.#describe(route, { type: "offer", sdp }, { type: "offer", offer, sdp, streams: this.#hooks.listMedia() });
    } catch (thrown) {
      this.#negotiator.withdraw(offer);
      // A backend that cannot restart ICE needs a new connection.
      if (isRestart) this.#path.break();
      else throw thrown;
    }
  }

  /** Has the ICE servers of now used, where there is something to ask for them. What cannot be asked, or set, stays as it was. */
  async #configure(): Promise<void> {
    const { iceServers: source, configuration } = this.#options;
    if (source === undefined) return;
    try {
      const iceServers = [...(await source())];
      if (!this.#life.signal.aborted) this.pc.setConfiguration({ ...configuration, iceServers });
    } catch (thrown) {
      // A backend that takes servers at the start only makes a new connection where others restart.
      if (!(thrown instanceof DOMException && thrown.name === "NotSupportedError")) this.#fail(thrown);
    }
  }

  #describe(route: Route, byDriver: DriverMessage, inBand: ControlMessage): void {
    if (this.#life.signal.aborted) return;
    if (route === "control") this.send(inBand);
    else this.#hooks.signal(byDriver);
    this.#candidates.described();
  }

  /** Work that was under way when it was closed fails, and nobody asks any more. */
  #fail(error: unknown): void {
    if (!this.#life.signal.aborted) this.#hooks.error(error);
  }

  /** The path is the one from before: what was to be said meanwhile is said. */
  #goOn(): void {
    this.#hooks.up();
    this.send({ type: "streams", streams: this.#hooks.listMedia() });
    this.arrange();
  }
}
