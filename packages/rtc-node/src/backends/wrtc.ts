import wrtc from "@roamhq/wrtc";
import { Description } from "../shape/description.ts";
import type { ChannelEvents, ChannelSettings, Engine, EngineChannel, EngineEvents, EngineMedia, EngineStates } from "../shape/engine.ts";
import { iceServerAddresses } from "./ice-server.ts";
import { channelInit, mediaOf } from "./w3c.ts";
import { wrtcChannel } from "./wrtc-channel.ts";

/** For the other end to be done with a channel that is closed. */
const restMs = 30;
/** For channels to close when the other end answers no more. */
const closingMs = 200;
/** Between two looks at the states, which may change without an event. */
const lookMs = 1000;

/**
 * Google's libwebrtc. Its shape is nearly W3C's; its events come late and more than once, and on a busy machine one in some hundred
 * connections loses the last: refused certificates had both ends `failed`, by their attributes and by their statistics, and neither was told in
 * twenty seconds. So its states are looked at now and then.
 */
export class WrtcEngine implements Engine {
  readonly #pc: RTCPeerConnection;
  #needsNegotiation = false;
  #isClosed = false;
  readonly #channels = new Set<RTCDataChannel>();
  readonly #looking: NodeJS.Timeout;

  constructor(configuration: RTCConfiguration, events: EngineEvents) {
    iceServerAddresses(configuration.iceServers);
    this.#pc = new wrtc.RTCPeerConnection(configuration);
    const on = <T>(type: string, listener: (event: T) => void): void =>
      this.#pc.addEventListener(type, (event) => {
        if (!this.#isClosed) listener(event as T);
      });
    for (const name of ["connection", "iceconnection", "icegathering", "signaling"]) on(`${name}statechange`, () => events.changed());
    on<{ candidate: RTCIceCandidate | null }>("icecandidate", ({ candidate }) => {
      if (!candidate?.candidate) return events.candidate(null);
      const { sdpMid, sdpMLineIndex, usernameFragment } = candidate;
      events.candidate({ candidate: candidate.candidate, sdpMid, sdpMLineIndex, usernameFragment });
    });
    on<RTCDataChannelEvent>("datachannel", ({ channel }) => events.channel((own) => this.#own(channel, own)));
    on<RTCTrackEvent>("track", ({ track, streams, transceiver, receiver }) => events.track({ track, streams, transceiver, receiver }));
    this.#looking = setInterval(() => events.changed(), lookMs).unref();
    on("negotiationneeded", () => {
      // It comes again once stable, when it still holds.
      if (this.#pc.signalingState !== "stable") return;
      this.#needsNegotiation = true;
      events.negotiate();
    });
  }

  states(): EngineStates {
    const { connectionState, iceConnectionState: ice, iceGatheringState, signalingState } = this.#pc;
    return {
      connection: connectionState,
      ice: ice === "completed" ? "connected" : ice,
      gathering: iceGatheringState,
      signaling: signalingState,
    };
  }

  localDescription(): Description | null {
    return describe(this.#pc.localDescription);
  }
  remoteDescription(): Description | null {
    return describe(this.#pc.remoteDescription);
  }
  async createOffer(options: RTCOfferOptions = {}): Promise<Description> {
    return new Description(await this.#pc.createOffer(options));
  }
  async createAnswer(): Promise<Description> {
    return new Description(await this.#pc.createAnswer());
  }

  async setLocal({ type, sdp }: Description): Promise<void> {
    const isImplicit = sdp === "" && type !== "rollback";
    const made = isImplicit ? await (type === "offer" ? this.createOffer() : this.createAnswer()) : { type, sdp };
    if (type === "offer") this.#needsNegotiation = false;
    await this.#pc.setLocalDescription(made);
  }

  async setRemote({ type, sdp }: Description): Promise<void> {
    if (type === "offer") this.#needsNegotiation = false;
    await this.#pc.setRemoteDescription({ type, sdp });
  }

  async addCandidate(candidate: RTCIceCandidateInit | null): Promise<void> {
    await this.#pc.addIceCandidate(candidate as RTCIceCandidateInit);
  }

  createChannel(settings: ChannelSettings, events: ChannelEvents): EngineChannel {
    const channel = this.#pc.createDataChannel(settings.label, channelInit(settings));
    return this.#own(channel, events, settings);
  }

  maxMessageBytes(): number | null {
    return this.#pc.sctp?.maxMessageSize ?? null;
  }
  needsNegotiation(): boolean {
    return this.#needsNegotiation;
  }
  restartIce(): void {
    this.#pc.restartIce();
  }
  configure(configuration: RTCConfiguration): void {
    iceServerAddresses(configuration.iceServers);
    this.#pc.setConfiguration(configuration);
  }
  stats(): Promise<RTCStatsReport> {
    return this.#pc.getStats();
  }

  get media(): EngineMedia {
    return mediaOf(this.#pc);
  }

  /** Channels first: libwebrtc ends the process when both ends of one are torn down at once. */
  close(): void {
    this.#isClosed = true;
    clearInterval(this.#looking);
    let left = this.#channels.size;
    const end = (): void => {
      clearTimeout(timer);
      this.#channels.clear();
      this.#pc.close();
    };
    const timer = setTimeout(end, left > 0 ? closingMs : 0);
    for (const channel of this.#channels) {
      channel.addEventListener("close", () => {
        left--;
        if (left === 0) setTimeout(end, restMs);
      });
      channel.close();
    }
  }

  #own(channel: RTCDataChannel, events: ChannelEvents, settings?: ChannelSettings): EngineChannel {
    this.#channels.add(channel);
    channel.addEventListener("close", () => {
      if (!this.#isClosed) this.#channels.delete(channel);
    });
    return wrtcChannel(channel, settings, events);
  }
}

function describe(own: RTCSessionDescription | null): Description | null {
  return own && new Description(own);
}
