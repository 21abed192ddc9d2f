import { CandidateGate } from "./candidate-gate.ts";
import { settingsOf } from "./channel-settings.ts";
import { DataChannel } from "./channel.ts";
import { Candidate, Description } from "./description.ts";
import type { ChannelEvents, Engine, EngineChannel, EngineEvents, EngineMedia, EngineStates } from "./engine.ts";
import { eventWith, withHandlers } from "./handlers.ts";
import type { WithHandlers } from "./handlers.ts";
import { Operations } from "./operations.ts";

type Names =
  | "connectionstatechange"
  | "datachannel"
  | "icecandidate"
  | "icecandidateerror"
  | "iceconnectionstatechange"
  | "icegatheringstatechange"
  | "negotiationneeded"
  | "signalingstatechange"
  | "track";

const Target: new () => WithHandlers<Names> = withHandlers<Names>([
  "connectionstatechange",
  "datachannel",
  "icecandidate",
  "icecandidateerror",
  "iceconnectionstatechange",
  "icegatheringstatechange",
  "negotiationneeded",
  "signalingstatechange",
  "track",
]);

const closedStates: EngineStates = { connection: "closed", ice: "closed", gathering: "complete", signaling: "closed" };

/**
 * An `RTCPeerConnection` around an implementation's own. Descriptions and candidates are applied one at a time in the order they were
 * given; candidates are told of after the description they belong to; after `close` there are no events, and what waits rejects.
 */
export abstract class Connection extends Target {
  readonly #engine: Engine;
  readonly #operations: Operations = new Operations(() => this.#considerNegotiation());
  readonly #channels = new Set<DataChannel>();
  #configuration: RTCConfiguration;
  #told: EngineStates;
  #isClosed = false;
  readonly #candidates: CandidateGate = new CandidateGate((candidate) => this.#gathered(candidate));
  #currentLocal: Description | null = null;
  #currentRemote: Description | null = null;
  /** What the descriptions were when it was closed. */
  #last: { readonly local: Description | null; readonly remote: Description | null } | undefined;
  /** Bytes of one message at most: asked once for each description, for some implementations write one anew to tell. */
  #maxMessageBytes: number | null = null;
  #isNegotiationScheduled = false;
  #isNegotiationTold = false;

  constructor(start: (configuration: RTCConfiguration, events: EngineEvents) => Engine, configuration: RTCConfiguration = {}) {
    super();
    this.#configuration = { iceServers: [], iceTransportPolicy: "all", ...configuration };
    this.#engine = start(this.#configuration, {
      changed: () => this.#tell(),
      candidate: (candidate) => this.#candidates.take(candidate),
      channel: (open) => this.#incoming(open),
      track: (event) => {
        if (!this.#isClosed) this.dispatchEvent(eventWith("track", event));
      },
      negotiate: () => this.#considerNegotiation(),
    });
    this.#told = this.#engine.states();
  }

  get connectionState(): RTCPeerConnectionState {
    return this.#states.connection;
  }
  get iceConnectionState(): RTCIceConnectionState {
    return this.#states.ice;
  }
  get iceGatheringState(): RTCIceGatheringState {
    return this.#states.gathering;
  }
  get signalingState(): RTCSignalingState {
    return this.#states.signaling;
  }
  get localDescription(): Description | null {
    return this.#last ? this.#last.local : this.#engine.localDescription();
  }
  get remoteDescription(): Description | null {
    return this.#last ? this.#last.remote : this.#engine.remoteDescription();
  }
  get currentLocalDescription(): Description | null {
    return this.signalingState === "stable" ? this.localDescription : this.#currentLocal;
  }
  get currentRemoteDescription(): Description | null {
    return this.signalingState === "stable" ? this.remoteDescription : this.#currentRemote;
  }
  get pendingLocalDescription(): Description | null {
    return this.signalingState.startsWith("have-local") ? this.localDescription : null;
  }
  get pendingRemoteDescription(): Description | null {
    return this.signalingState.startsWith("have-remote") ? this.remoteDescription : null;
  }
  get canTrickleIceCandidates(): boolean | null {
    const remote = this.remoteDescription;
    return remote === null ? null : /^a=ice-options:.*\btrickle\b/m.test(remote.sdp);
  }
  get sctp(): { readonly maxMessageSize: number; readonly state: RTCSctpTransportState } | null {
    const maxMessageSize = this.#messageLimit();
    if (maxMessageSize === null) return null;
    return { maxMessageSize, state: this.connectionState === "connected" ? "connected" : "connecting" };
  }

  createOffer(options?: RTCOfferOptions): Promise<Description> {
    return this.#operations.run(() => this.#engine.createOffer(options));
  }
  createAnswer(): Promise<Description> {
    return this.#operations.run(() => this.#engine.createAnswer());
  }

  /** Without a description, or with one without `sdp`, it is the offer or the answer that fits. */
  setLocalDescription(description?: RTCLocalSessionDescriptionInit | null): Promise<void> {
    return this.#operations.run(async () => {
      const hasRemoteOffer = /^have-(remote-offer|local-pranswer)$/.test(this.signalingState);
      const type = description?.type ?? (hasRemoteOffer ? "answer" : "offer");
      const release = this.#candidates.hold();
      try {
        await this.#engine.setLocal(new Description({ type, sdp: description?.sdp }));
        this.#applied();
      } finally {
        release();
      }
    });
  }

  /** An offer rolls back one of ours that waits for its answer. */
  setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
    return this.#operations.run(async () => {
      const given = new Description(description);
      if (given.type === "offer" && this.signalingState === "have-local-offer") {
        await this.#engine.setLocal(new Description({ type: "rollback" }));
        this.#tell();
      }
      await this.#engine.setRemote(given);
      this.#applied();
    });
  }

  /** `null`, and a candidate without text, say that there are no more. */
  addIceCandidate(candidate?: RTCIceCandidateInit | null): Promise<void> {
    return this.#operations.run(async () => {
      if (this.remoteDescription === null) throw new DOMException("there is no remote description yet", "InvalidStateError");
      if (!candidate?.candidate) return this.#engine.addCandidate(null);
      if (typeof candidate.sdpMid !== "string" && typeof candidate.sdpMLineIndex !== "number") {
        throw new TypeError("a candidate needs sdpMid or sdpMLineIndex");
      }
      const { sdpMid = null, sdpMLineIndex = null, usernameFragment = null } = candidate;
      return this.#engine.addCandidate({ candidate: candidate.candidate, sdpMid, sdpMLineIndex, usernameFragment });
    });
  }

  createDataChannel(label: string, init: RTCDataChannelInit = {}): DataChannel {
    this.#assertOpen();
    const channel = this.#own((events) => this.#engine.createChannel(settingsOf(label, init), events));
    this.#considerNegotiation();
    return channel;
  }

  restartIce(): void {
    this.#assertOpen();
    this.#engine.restartIce();
    this.#considerNegotiation();
  }

  getConfiguration(): RTCConfiguration {
    return this.#configuration;
  }
  setConfiguration(configuration: RTCConfiguration): void {
    this.#assertOpen();
    const next = { ...this.#configuration, ...configuration };
    this.#engine.configure(next);
    this.#configuration = next;
  }

  async getStats(selector?: object | null): Promise<RTCStatsReport> {
    return this.#isClosed ? (new Map() as RTCStatsReport) : this.#engine.stats(selector);
  }

  addTrack(track: object, ...streams: object[]): object {
    const sender = this.#media().addTrack(track, streams);
    this.#considerNegotiation();
    return sender;
  }
  removeTrack(sender: object): void {
    this.#media().removeTrack(sender);
    this.#considerNegotiation();
  }
  addTransceiver(trackOrKind: object | string, init?: object): object {
    const transceiver = this.#media().addTransceiver(trackOrKind, init);
    this.#considerNegotiation();
    return transceiver;
  }
  getSenders(): readonly object[] {
    return this.#engine.media?.senders() ?? [];
  }
  getReceivers(): readonly object[] {
    return this.#engine.media?.receivers() ?? [];
  }
  getTransceivers(): readonly object[] {
    return this.#engine.media?.transceivers() ?? [];
  }

  /** Idempotent. Channels end with their `close` event; the connection says nothing more. */
  close(): void {
    if (this.#isClosed) return;
    this.#applied();
    this.#last = { local: this.localDescription, remote: this.remoteDescription };
    this.#isClosed = true;
    this.#operations.end(new DOMException("the connection is closed", "InvalidStateError"));
    const channels = [...this.#channels];
    this.#channels.clear();
    this.#engine.close();
    queueMicrotask(() => {
      for (const channel of channels) channel.ended();
    });
  }

  get #states(): EngineStates {
    return this.#isClosed ? closedStates : this.#engine.states();
  }

  #messageLimit(): number | null {
    if (this.#isClosed) return null;
    this.#maxMessageBytes ??= this.#engine.maxMessageBytes();
    return this.#maxMessageBytes;
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new DOMException("the connection is closed", "InvalidStateError");
  }

  #media(): EngineMedia {
    this.#assertOpen();
    if (!this.#engine.media) throw new DOMException("this implementation of WebRTC carries no media", "NotSupportedError");
    return this.#engine.media;
  }

  /** A description was applied. */
  #applied(): void {
    this.#maxMessageBytes = null;
    this.#tell();
    if (this.#isClosed || this.signalingState !== "stable") return;
    this.#currentLocal = this.#engine.localDescription();
    this.#currentRemote = this.#engine.remoteDescription();
  }

  /** Dispatches the events of states that differ from those last told. */
  #tell(): void {
    if (this.#isClosed) return;
    const before = this.#told;
    const now = this.#engine.states();
    this.#told = now;
    // Whoever hears of one may close it.
    const tell = (what: keyof EngineStates, name: Names): void => {
      if (before[what] !== now[what] && !this.#isClosed) this.dispatchEvent(new Event(name));
    };
    tell("signaling", "signalingstatechange");
    tell("gathering", "icegatheringstatechange");
    tell("ice", "iceconnectionstatechange");
    tell("connection", "connectionstatechange");
    if (before.signaling === now.signaling || now.signaling !== "stable") return;
    this.#isNegotiationTold = false;
    this.#considerNegotiation();
  }

  #gathered(candidate: RTCIceCandidateInit | null): void {
    if (!this.#isClosed) this.dispatchEvent(eventWith("icecandidate", { candidate: candidate && new Candidate(candidate) }));
  }

  #incoming(open: (events: ChannelEvents) => EngineChannel): void {
    if (this.#isClosed) return;
    const channel = this.#own(open, true);
    this.dispatchEvent(eventWith("datachannel", { channel }));
    setImmediate(() => channel.release());
  }

  #own(open: (events: ChannelEvents) => EngineChannel, isIncoming = false): DataChannel {
    const channel = new DataChannel(open, () => this.#messageLimit(), isIncoming);
    this.#channels.add(channel);
    channel.addEventListener("close", () => this.#channels.delete(channel), { once: true });
    return channel;
  }

  /** W3C's rule: told when stable and idle, and only if the descriptions do not say it all by then. */
  #considerNegotiation(): void {
    if (this.#isNegotiationScheduled) return;
    this.#isNegotiationScheduled = true;
    setImmediate(() => {
      this.#isNegotiationScheduled = false;
      if (this.#isClosed || this.#operations.size > 0 || this.signalingState !== "stable") return;
      const isNeeded = this.#engine.needsNegotiation();
      const isTold = this.#isNegotiationTold;
      this.#isNegotiationTold = isNeeded;
      if (isNeeded && !isTold) this.dispatchEvent(new Event("negotiationneeded"));
    });
  }
}
