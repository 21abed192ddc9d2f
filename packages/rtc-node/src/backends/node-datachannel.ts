import { PeerConnection } from "node-datachannel";
import type { DataChannel, RtcConfig } from "node-datachannel";
import { candidateLine, Description } from "../shape/description.ts";
import type { ChannelEvents, ChannelSettings, Engine, EngineChannel, EngineEvents, EngineStates } from "../shape/engine.ts";
import { iceServerAddresses } from "./ice-server.ts";
import { nativeChannel } from "./node-datachannel-channel.ts";
import { nativeStats } from "./node-datachannel-stats.ts";
import { Patience } from "./patience.ts";
import { channelInit } from "./w3c.ts";

/** Longer than an answer is under way between two peers that are near to each other; those who are not lose nothing. */
const patienceMs = 200;
const candidateLines = /^a=(?:candidate:.*|end-of-candidates)\r?\n/gm;
const useImplicit = "node-datachannel makes descriptions when they are set: call setLocalDescription() and read localDescription";

/** libdatachannel by its own calls, which go further than those of its W3C-like wrapper: rollback, and offers made again. */
export class NativeEngine implements Engine {
  #pc: PeerConnection;
  readonly #events: EngineEvents;
  #hasChannels = false;
  #isClosed = false;
  readonly #patience: Patience<readonly [line: string, mid: string]> = new Patience(patienceMs, ([line, mid]) =>
    asDom(() => this.#pc.addRemoteCandidate(line, mid)),
  );
  /** Its own candidates, while the answer to its first offer is on its way. */
  readonly #untold: Patience<RTCIceCandidateInit | null> = new Patience(patienceMs, (candidate) => this.#tell(candidate));
  /** Those that were told. */
  readonly #candidates = new Set<string>();
  readonly #channels = new Set<DataChannel>();

  constructor(configuration: RTCConfiguration, events: EngineEvents) {
    this.#events = events;
    this.#pc = this.#start(configuration);
  }

  states(): EngineStates {
    const ice = this.#pc.iceState();
    const gathering = this.#pc.gatheringState() as string;
    const isGathering = gathering === "in-progress" || (gathering === "complete" && this.#untold.isKeeping);
    return {
      connection: this.#pc.state(),
      ice: ice === "completed" ? "connected" : ice,
      gathering: isGathering ? "gathering" : (gathering as RTCIceGatheringState),
      signaling: this.#pc.signalingState(),
    };
  }

  localDescription(): Description | null {
    const own = this.#pc.localDescription();
    return describe(own && this.#untold.isKeeping ? { ...own, sdp: own.sdp.replace(candidateLines, "") } : own);
  }
  remoteDescription(): Description | null {
    return describe(this.#pc.remoteDescription());
  }

  createOffer(): Promise<Description> {
    return Promise.reject(new DOMException(useImplicit, "NotSupportedError"));
  }
  createAnswer(): Promise<Description> {
    return Promise.reject(new DOMException(useImplicit, "NotSupportedError"));
  }

  /** What it is called for in the wrong state ends the process, so we look first. */
  async setLocal({ type }: Description): Promise<void> {
    const state = this.#pc.signalingState();
    const fits = { offer: /^(stable|have-local-offer)$/, answer: /^have-remote-offer$/, rollback: /^have-local-offer$/, pranswer: /^$/ };
    if (!fits[type].test(state)) throw new DOMException(`${type} does not fit the state ${state}`, "InvalidStateError");
    const isFirst = type === "offer" && this.#pc.remoteDescription() === null;
    if (isFirst && !this.#hasChannels) {
      throw new DOMException("node-datachannel offers data channels only, and there is none", "NotSupportedError");
    }
    if (isFirst) {
      this.#untold.begin();
      this.#untold.release();
    }
    asDom(() => this.#pc.setLocalDescription(type));
    if (type === "answer") this.#patience.release();
  }

  /**
   * Lets the first answer arrive before paths are checked by who gave it, be that this one or its remote. Of an answer that comes after the
   * path is there, libdatachannel cannot tell that the certificate is the right one, also when DTLS gets through while the answer is being
   * taken; and what DTLS says before is lost, until it tries again a second later.
   */
  async setRemote({ type, sdp }: Description): Promise<void> {
    const isFirst = type === "offer" && this.#pc.remoteDescription() === null;
    asDom(() => this.#pc.setRemoteDescription(isFirst ? sdp.replace(candidateLines, "") : sdp, type));
    if (!isFirst) return this.#untold.open();
    this.#patience.begin();
    const mid = /^a=mid:(\S+)/m.exec(sdp)?.[1] ?? "0";
    for (const [line] of sdp.matchAll(candidateLines)) if (line.startsWith("a=candidate")) this.#patience.give([candidateLine(line), mid]);
  }

  async addCandidate(candidate: RTCIceCandidateInit | null): Promise<void> {
    if (!candidate?.candidate) return;
    this.#patience.give([candidateLine(candidate.candidate), candidate.sdpMid ?? "0"]);
  }

  createChannel(settings: ChannelSettings, events: ChannelEvents): EngineChannel {
    this.#hasChannels = true;
    const { ordered, ...init } = channelInit(settings);
    const channel = this.#pc.createDataChannel(settings.label, { unordered: ordered === false, ...init });
    return this.#own(channel, events, settings);
  }

  maxMessageBytes(): number | null {
    return this.#pc.remoteDescription() === null ? null : this.#pc.maxMessageSize();
  }

  needsNegotiation(): boolean {
    return this.#hasChannels && !/^m=application/m.test(this.#pc.localDescription()?.sdp ?? "");
  }

  restartIce(): void {
    throw new DOMException("node-datachannel cannot restart ICE: make a new connection", "NotSupportedError");
  }
  /** What has done nothing yet is made anew. */
  configure(configuration: RTCConfiguration): void {
    if (this.#hasChannels || this.localDescription() !== null || this.remoteDescription() !== null)
      throw new DOMException("node-datachannel takes its configuration at the start only", "NotSupportedError");
    const before = this.#pc;
    this.#pc = this.#start(configuration);
    before.close();
  }

  async stats(): Promise<RTCStatsReport> {
    return nativeStats(this.#pc, this.#channels.size);
  }

  close(): void {
    this.#isClosed = true;
    this.#patience.end();
    this.#untold.end();
    // A channel left open keeps the process alive.
    for (const channel of this.#channels) channel.close();
    this.#channels.clear();
    this.#pc.close();
  }

  /** Its events have no order among them: what it gathered is told before the end of it. */
  #gathered(): void {
    if (this.#isClosed) return;
    const sdp = this.#pc.localDescription()?.sdp ?? "";
    const mid = /^a=mid:(\S+)/m.exec(sdp)?.[1] ?? "0";
    for (const [line] of sdp.matchAll(/^a=candidate:.+$/gm)) this.#candidate(candidateLine(line), mid);
    this.#untold.give(null);
  }

  #start(configuration: RTCConfiguration): PeerConnection {
    const pc = new PeerConnection("peer", nativeConfiguration(configuration));
    const isCurrent = (): boolean => pc === this.#pc && !this.#isClosed;
    const changed = (): void => {
      if (isCurrent()) this.#events.changed();
    };
    pc.onStateChange(changed);
    pc.onIceStateChange(changed);
    pc.onSignalingStateChange(changed);
    pc.onGatheringStateChange((state) => {
      changed();
      if (state === "complete" && isCurrent()) this.#gathered();
    });
    pc.onLocalCandidate((candidate, sdpMid) => {
      if (isCurrent()) this.#candidate(candidateLine(candidate), sdpMid);
    });
    pc.onDataChannel((channel) => {
      if (isCurrent()) this.#events.channel((own) => this.#own(channel, own));
    });
    return pc;
  }

  #candidate(candidate: string, sdpMid: string): void {
    if (this.#isClosed || this.#candidates.has(candidate)) return;
    this.#candidates.add(candidate);
    this.#untold.give({ candidate, sdpMid, sdpMLineIndex: 0 });
  }

  #tell(candidate: RTCIceCandidateInit | null): void {
    if (candidate === null) this.#events.changed();
    this.#events.candidate(candidate);
  }

  #own(channel: DataChannel, events: ChannelEvents, settings?: ChannelSettings): EngineChannel {
    this.#channels.add(channel);
    return nativeChannel(channel, settings, {
      ...events,
      closed: () => {
        this.#channels.delete(channel);
        events.closed();
      },
    });
  }
}

function describe(own: { type: string; sdp: string } | null): Description | null {
  return own && new Description({ type: own.type as RTCSdpType, sdp: own.sdp });
}

/** Its errors are plain ones. */
function asDom(call: () => void): void {
  try {
    call();
  } catch (cause) {
    throw new DOMException(cause instanceof Error ? cause.message : String(cause), "OperationError");
  }
}

function nativeConfiguration({ iceServers, iceTransportPolicy = "all" }: RTCConfiguration): RtcConfig {
  return {
    disableAutoNegotiation: true,
    iceTransportPolicy,
    iceServers: iceServerAddresses(iceServers).map(({ scheme, host, port, transport, username, credential }) =>
      scheme.startsWith("stun")
        ? `stun:${host.includes(":") ? `[${host}]` : host}:${port}`
        : {
            hostname: host,
            port,
            username,
            password: credential,
            relayType: scheme === "turns" ? "TurnTls" : transport === "tcp" ? "TurnTcp" : "TurnUdp",
          },
    ),
  };
}
