import { RTCPeerConnection } from "werift";
import type { PeerConfig } from "werift";
import { Description } from "../shape/description.ts";
import type { ChannelEvents, ChannelSettings, Engine, EngineChannel, EngineEvents, EngineMedia, EngineStates } from "../shape/engine.ts";
import { differs } from "../shape/negotiation.ts";
import { iceServerAddresses } from "./ice-server.ts";
import type { IceServerAddress } from "./ice-server.ts";
import { channelInit, mediaOf } from "./w3c.ts";
import { weriftChannel } from "./werift-channel.ts";
import { boundGathering, chooseStunServer } from "./werift-gathering.ts";
import { guardMessages } from "./werift-guard.ts";
import { prepareKeys } from "./werift-keys.ts";

/** Settings of werift's own, beside W3C's: codecs, ports, interfaces. */
export type WeriftOptions = Partial<PeerConfig>;

/** What it announces and takes. By itself it is 64 KiB, which leaves no room for the few bytes that those who send 64 KiB put before them. */
export const MAX_MESSAGE_BYTES: number = 128 * 1024;

export class WeriftEngine implements Engine {
  readonly #pc: RTCPeerConnection;
  #servers: readonly IceServerAddress[];
  #hasChannels = false;
  #isRestarting = false;
  /** The remote's user name at the last description: another one says that the remote restarted ICE. */
  #remoteUser = "";
  /** Gathering that goes on behind a description that stands; the next description waits for it. */
  #gathering: Promise<void> = Promise.resolve();

  constructor(configuration: RTCConfiguration, events: EngineEvents, options: WeriftOptions) {
    this.#servers = iceServerAddresses(configuration.iceServers);
    this.#pc = new RTCPeerConnection({ maxMessageSize: MAX_MESSAGE_BYTES, ...options, ...weriftConfiguration(configuration) });
    const pc = this.#pc;
    const changed = (): void => events.changed();
    pc.connectionStateChange.subscribe((state) => {
      if (state === "connected") pc.dtlsTransports.forEach(prepareKeys);
      changed();
    });
    pc.iceConnectionStateChange.subscribe(changed);
    pc.signalingStateChange.subscribe(changed);
    pc.iceGatheringStateChange.subscribe(changed);
    pc.onIceCandidate.subscribe((candidate) => {
      if (!candidate?.candidate) events.candidate(null);
      else
        events.candidate({
          candidate: candidate.candidate,
          sdpMid: candidate.sdpMid ?? null,
          sdpMLineIndex: candidate.sdpMLineIndex ?? null,
        });
    });
    pc.onNegotiationneeded.subscribe(() => events.negotiate());
    pc.onDataChannel.subscribe((channel) => events.channel((own) => weriftChannel(channel, undefined, own)));
    pc.addEventListener("track", (event: { track: object; streams: object[]; transceiver: object; receiver: object }) => {
      const { track, streams, transceiver, receiver } = event;
      events.track({ track, streams, transceiver, receiver });
    });
  }

  states(): EngineStates {
    const { connectionState: connection, iceConnectionState, iceGatheringState, signalingState } = this.#pc;
    // It says "completed" when all candidates are gathered, connected or not.
    const isEarly = iceConnectionState === "completed" && connection !== "connected";
    const ice = isEarly ? (connection === "connecting" ? "checking" : "new") : iceConnectionState;
    return { connection, ice: ice === "completed" ? "connected" : ice, gathering: iceGatheringState, signaling: signalingState };
  }

  localDescription(): Description | null {
    return describe(this.#pc.localDescription);
  }
  remoteDescription(): Description | null {
    return describe(this.#pc.remoteDescription);
  }

  async createOffer({ iceRestart = false }: RTCOfferOptions = {}): Promise<Description> {
    await this.#gathering;
    const isRestart = iceRestart || this.#isRestarting;
    this.#isRestarting = false;
    return describe(await this.#pc.createOffer({ iceRestart: isRestart })) as Description;
  }
  async createAnswer(): Promise<Description> {
    await this.#gathering;
    return describe(await this.#pc.createAnswer()) as Description;
  }

  async setLocal({ type, sdp }: Description): Promise<void> {
    await this.#gathering;
    chooseStunServer(this.#pc.iceTransports, this.#servers);
    boundGathering(this.#pc.iceTransports);
    const given = type === "offer" && sdp === "" ? await this.createOffer() : { type, sdp };
    const done = this.#pc.setLocalDescription(given.sdp === "" ? ({ type: given.type } as Description) : given).then(() => {
      if (type === "answer") this.#resumeIce();
    });
    // Once gathering has begun the description stands; werift goes on until all is gathered.
    let unSubscribe = (): void => {};
    const gathers = new Promise<void>((resolve) => {
      ({ unSubscribe } = this.#pc.iceGatheringStateChange.subscribe((state) => {
        if (state === "gathering") resolve();
      }));
    });
    this.#gathering = done.catch(() => {});
    await Promise.race([done, gathers]).finally(() => unSubscribe());
  }

  async setRemote({ type, sdp }: Description): Promise<void> {
    await this.#gathering;
    await this.#pc.setRemoteDescription({ type, sdp });
    guardMessages(this.#pc.sctpTransport);
    if (type === "answer") this.#resumeIce();
  }

  async addCandidate(candidate: RTCIceCandidateInit | null): Promise<void> {
    if (candidate === null) return this.#pc.addIceCandidate(null);
    const { candidate: line = "", sdpMid, sdpMLineIndex } = candidate;
    await this.#pc.addIceCandidate({
      candidate: line,
      ...(sdpMid == null ? {} : { sdpMid }),
      ...(sdpMLineIndex == null ? {} : { sdpMLineIndex }),
    });
  }

  createChannel(settings: ChannelSettings, events: ChannelEvents): EngineChannel {
    this.#hasChannels = true;
    const channel = this.#pc.createDataChannel(settings.label, channelInit(settings));
    guardMessages(this.#pc.sctpTransport);
    return weriftChannel(channel, settings, events);
  }

  maxMessageBytes(): number | null {
    return this.#pc.sctpTransport && this.#pc.remoteDescription ? this.#pc.sctpTransport.remoteMaxMessageSize || Infinity : null;
  }

  needsNegotiation(): boolean {
    const transceivers = this.#pc.getTransceivers().map((own) => ({
      mid: own.mid ?? null,
      direction: own.direction,
      stopped: own.stopped,
      stopping: own.stopping,
    }));
    return this.#isRestarting || differs(this.localDescription(), this.remoteDescription(), this.#hasChannels, transceivers);
  }

  restartIce(): void {
    this.#isRestarting = true;
  }

  configure(configuration: RTCConfiguration): void {
    this.#servers = iceServerAddresses(configuration.iceServers);
    this.#pc.setConfiguration(weriftConfiguration(configuration));
  }

  async stats(): Promise<RTCStatsReport> {
    return (await this.#pc.getStats()) as unknown as RTCStatsReport;
  }

  get media(): EngineMedia {
    return mediaOf(this.#pc);
  }

  close(): void {
    void this.#pc.close().catch(() => {});
  }

  /** After a restart of ICE werift leaves the checks to us when the connection was up before. */
  #resumeIce(): void {
    const user = /^a=ice-ufrag:(\S+)/m.exec(this.#pc.remoteDescription?.sdp ?? "")?.[1] ?? "";
    const isRestart = this.#remoteUser !== "" && this.#remoteUser !== user;
    this.#remoteUser = user;
    if (!isRestart) return;
    for (const transport of this.#pc.iceTransports) {
      // Its failure is told by the states.
      if (transport.state !== "connected" && transport.state !== "checking") void transport.start().catch(() => {});
    }
  }
}

function describe(own: { type?: string; sdp?: string } | null): Description | null {
  return own && new Description({ type: own.type as RTCSdpType, sdp: own.sdp });
}

/** It takes one URL of each server. */
function weriftConfiguration({ iceServers, iceTransportPolicy = "all" }: RTCConfiguration): WeriftOptions {
  return {
    iceTransportPolicy,
    bundlePolicy: "max-bundle",
    iceServers: (iceServers ?? []).flatMap(({ urls, username, credential }) =>
      [urls].flat().map((url) => ({
        urls: url,
        ...(username === undefined ? {} : { username }),
        ...(credential === undefined ? {} : { credential }),
      })),
    ),
  };
}
