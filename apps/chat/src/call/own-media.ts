import type { Peer } from "@peerloom/peer";
import type { Cell } from "../cell.ts";
import { openCamera, openMicrophone, openScreen, type Choice } from "./media.ts";
import { labels, mediaWords, type Own } from "./state.ts";

/** What this page sends into the call: opens devices, publishes them, closes them. */
export class OwnMedia {
  readonly #peer: Peer;
  readonly #choice: Cell<Choice>;
  readonly #changed: () => void;
  #own: Own = { camera: undefined, screen: undefined, microphone: "none", isCameraOn: false };
  #microphone: MediaStreamTrack | undefined;
  #camera: MediaStreamTrack | undefined;
  #problem: string | undefined;
  #isClosed = false;

  constructor(peer: Peer, choice: Cell<Choice>, changed: () => void) {
    this.#peer = peer;
    this.#choice = choice;
    this.#changed = changed;
  }

  get own(): Own {
    return this.#own;
  }

  /** Why something cannot be sent, in words. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Opens what there is; without any, one can still listen. */
  async open(): Promise<void> {
    await Promise.all([this.#take("microphone"), this.#take("camera")]);
    this.#publish();
  }

  async toggleMicrophone(): Promise<void> {
    if (this.#microphone === undefined) await this.#take("microphone");
    else this.#microphone.enabled = !this.#microphone.enabled;
    this.#publish();
  }

  /** A camera that is off is closed, so that its light goes out. */
  async toggleCamera(): Promise<void> {
    if (this.#camera === undefined) await this.#take("camera");
    else this.#drop("camera");
    this.#publish();
  }

  async toggleScreen(): Promise<void> {
    if (this.#own.screen !== undefined) return this.#endScreen();
    try {
      const screen = await openScreen();
      if (screen === undefined || this.#isClosed) return;
      screen.getVideoTracks()[0]?.addEventListener("ended", () => this.#endScreen());
      this.#peer.publish({ label: labels.screen, stream: screen });
      this.#own = { ...this.#own, screen };
    } catch {
      this.#problem = "The screen cannot be shown.";
    }
    this.#changed();
  }

  /** Takes another device in the place of the one in use. */
  async change({ microphone, camera }: Choice): Promise<void> {
    if (microphone !== undefined && this.#microphone !== undefined) await this.#replace("microphone");
    if (camera !== undefined && this.#camera !== undefined) await this.#replace("camera");
    this.#publish();
  }

  close(): void {
    this.#isClosed = true;
    for (const track of [this.#microphone, this.#camera, ...(this.#own.screen?.getTracks() ?? [])]) track?.stop();
  }

  async #replace(kind: "microphone" | "camera"): Promise<void> {
    const wasEnabled = this.#microphone?.enabled ?? true;
    this.#drop(kind);
    await this.#take(kind);
    if (kind === "microphone" && this.#microphone !== undefined) this.#microphone.enabled = wasEnabled;
  }

  async #take(kind: "microphone" | "camera"): Promise<void> {
    this.#problem = undefined;
    try {
      const track = kind === "microphone" ? await openMicrophone(this.#choice.value) : await openCamera(this.#choice.value);
      if (this.#isClosed) return track?.stop();
      if (kind === "microphone") this.#microphone = track;
      else this.#camera = track;
      // Unplugged, or taken away by the system.
      track?.addEventListener("ended", () => {
        this.#drop(kind);
        this.#publish();
      });
    } catch (thrown) {
      this.#problem = mediaWords(thrown);
    }
  }

  #drop(kind: "microphone" | "camera"): void {
    if (kind === "microphone") {
      this.#microphone?.stop();
      this.#microphone = undefined;
    } else {
      this.#camera?.stop();
      this.#camera = undefined;
    }
  }

  #publish(): void {
    if (this.#isClosed) return;
    const tracks = [this.#microphone, this.#camera].filter((track) => track !== undefined);
    const camera = tracks.length === 0 ? undefined : new MediaStream(tracks);
    if (camera === undefined) this.#peer.unpublish(labels.camera);
    else this.#peer.publish({ label: labels.camera, stream: camera, videoParameters: { maxBitrate: 900_000 } });
    if (this.#microphone !== undefined) {
      if (this.#microphone.enabled) this.#peer.unmute({ label: labels.camera, kind: "audio" });
      else this.#peer.mute({ label: labels.camera, kind: "audio" });
    }
    const microphone = this.#microphone === undefined ? "none" : this.#microphone.enabled ? "on" : "off";
    this.#own = { ...this.#own, camera, microphone, isCameraOn: this.#camera !== undefined };
    this.#changed();
  }

  #endScreen(): void {
    for (const track of this.#own.screen?.getTracks() ?? []) track.stop();
    this.#peer.unpublish(labels.screen);
    this.#own = { ...this.#own, screen: undefined };
    this.#changed();
  }
}
