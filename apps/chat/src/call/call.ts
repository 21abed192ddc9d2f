import { callRoom } from "@peerloom/app-chat-wire";
import type { Peer } from "@peerloom/peer";
import { Cells, createCell, type Cell } from "../cell.ts";
import type { Quality } from "../model/quality.ts";
import { inWords } from "../model/words.ts";
import { iceServersOf } from "../net/ice-servers.ts";
import type { Session } from "../net/session.ts";
import { toCode } from "../net/to-code.ts";
import { Callers } from "./callers.ts";
import { Loudness } from "./loudness.ts";
import { listDevices, type Choice } from "./media.ts";
import { OwnMedia } from "./own-media.ts";
import { toQuality, toTiles, type CallState, type Devices } from "./state.ts";

const statsMs = 2000;

/** The room's call: one at a time, in which each is connected to each. */
export class Call {
  readonly state: Cell<CallState> = createCell<CallState>({ at: "idle" });
  readonly devices: Cell<Devices> = createCell<Devices>({ microphones: [], cameras: [], speakers: [] });
  readonly choice: Cell<Choice> = createCell<Choice>({});
  readonly speaking: Cell<ReadonlySet<string>> = createCell<ReadonlySet<string>>(new Set());
  readonly qualities: Cells<Quality | undefined> = new Cells<Quality | undefined>(undefined);
  /** How loud each person is here, 0 to 1. */
  readonly volumes: Cells<number> = new Cells<number>(1);
  readonly #tellId: (callId: string | undefined) => void;
  #session: Session | undefined;
  #end: (() => Promise<void>) | undefined;
  #media: OwnMedia | undefined;

  /** `tellId` tells the others under which id this page is in the call. */
  constructor(tellId: (callId: string | undefined) => void) {
    this.#tellId = tellId;
  }

  attach = (session: Session): void => {
    this.#session = session;
    session.signal.addEventListener("abort", () => {
      if (this.#session === session) this.#session = undefined;
      void this.leave();
    });
  };

  /** Enters the call with microphone and camera, as far as there are some. Never rejects. */
  async enter(): Promise<void> {
    const session = this.#session;
    if (session === undefined || this.state.value.at !== "idle") return;
    this.state.set({ at: "entering" });
    try {
      await this.#begin(session);
    } catch (thrown) {
      await this.leave();
      this.state.set({ at: "idle", problem: `The call cannot be entered. ${inWords(toCode(thrown), "The relay")}` });
    }
  }

  /** Never rejects. */
  async leave(): Promise<void> {
    const end = this.#end;
    this.#end = undefined;
    this.#media = undefined;
    if (end === undefined) return;
    this.state.set({ at: "idle" });
    this.#tellId(undefined);
    await end();
  }

  toggleMicrophone = (): void => void this.#media?.toggleMicrophone();
  toggleCamera = (): void => void this.#media?.toggleCamera();
  toggleScreen = (): void => void this.#media?.toggleScreen();

  /** Uses another device from now on. */
  choose(choice: Choice): void {
    this.choice.set({ ...this.choice.value, ...choice });
    void this.#media?.change(choice);
  }

  async #begin({ client, room, socket }: Session): Promise<void> {
    const { Peer, socketIoDriver } = await import("./rtc.ts");
    const driver = socketIoDriver({ socket });
    const callers = new Callers(room);
    // Only pages that come by https, or from this machine, may use keys.
    const peer = new Peer({ driver, isSealed: isSecureContext, iceServers: () => iceServersOf(client) });
    const media = new OwnMedia(peer, this.choice, () => show());
    const loudness = new Loudness();
    const offSpeaking = loudness.speaking.listen(() => this.speaking.set(loudness.speaking.value));
    const timer = setInterval(() => void this.#measure(peer, callers), statsMs);
    const updateDevices = (): void => void listDevices().then((devices) => this.devices.set(devices));
    const life = new AbortController();
    const show = (): void => {
      if (life.signal.aborted) return;
      const remotes = peer.remotes.flatMap((remote) => {
        const id = callers.personOf(remote.id);
        return id === undefined ? [] : [{ ...remote, id, streams: peer.streams(remote.id) }];
      });
      const tiles = toTiles(remotes);
      loudness.follow(new Map([[client.id, media.own.camera], ...tiles.map(({ id, camera }) => [id, camera] as const)]));
      this.state.set({ at: "in", own: media.own, tiles, problem: media.problem });
    };
    this.#media = media;
    this.#end = async () => {
      life.abort();
      clearInterval(timer);
      offSpeaking();
      loudness.close();
      media.close();
      this.qualities.clear();
      this.speaking.set(new Set());
      await peer[Symbol.asyncDispose]();
      await driver.close();
    };
    // Both groups tell of what is drawn. Errors of one pair are shown by its tile, which says that it connects again.
    peer.on("connection", show);
    peer.on("stream", show);
    peer.on("track", show);
    peer.on("error", () => {});
    navigator.mediaDevices?.addEventListener("devicechange", updateDevices, { signal: life.signal });
    await media.open();
    updateDevices();
    await peer.join({ room: callRoom(room.name), verify: ({ id }) => callers.know(id, life.signal) });
    this.#tellId(peer.id);
    show();
  }

  async #measure(peer: Peer, callers: Callers): Promise<void> {
    for (const { id, state } of peer.remotes) {
      const person = callers.personOf(id);
      if (state !== "connected" || person === undefined) continue;
      try {
        this.qualities.at(person).set(toQuality(await peer.stats(id)));
      } catch {
        // It was closed meanwhile.
      }
    }
  }
}
