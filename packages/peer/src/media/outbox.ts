import type { StreamInfo, TrackInfo } from "../pair/control.ts";
import { encodingsOf, type Publication, type PublishedTrack } from "./publication.ts";

/** A track on its way to one peer. */
interface Slot {
  readonly kind: "audio" | "video";
  readonly transceiver: RTCRtpTransceiver;
  id: string;
  /** What the sender sends: null while it is muted. */
  sent: MediaStreamTrack | null;
}

interface Outgoing {
  publication: Publication;
  slots: Slot[];
}

/** What one peer is sent over one connection: brings its transceivers to what is published for it. */
export class Outbox {
  readonly #byLabel = new Map<string, Outgoing>();
  /** Published, but not wanted by the peer: it is told that they exist. */
  #held: readonly Publication[] = [];
  readonly #report: (error: unknown) => void;

  /** `report` is told what cannot be sent, or not as it was asked for: that keeps nothing else from being sent. */
  constructor(report: (error: unknown) => void) {
    this.#report = report;
  }

  /**
   * Adds, replaces and stops tracks. Replacing one by another of its kind needs no offer: the peer learns of it by the list. Runs in the
   * connection's queue.
   */
  async arrange(
    pc: RTCPeerConnection,
    wanted: readonly Publication[],
    held: readonly Publication[],
  ): Promise<"offer" | "list" | "nothing"> {
    let needsOffer = false;
    let hasChanged = JSON.stringify(this.#held.map(describe)) !== JSON.stringify(held.map(describe));
    this.#held = held;
    const labels = new Set(wanted.map(({ label }) => label));
    for (const [label, { slots }] of [...this.#byLabel]) {
      if (labels.has(label)) continue;
      slots.forEach(stop);
      this.#byLabel.delete(label);
      needsOffer = true;
    }
    for (const publication of wanted) {
      const outgoing = this.#byLabel.get(publication.label);
      if (outgoing?.publication === publication) continue;
      hasChanged = true;
      if (await this.#bring(pc, outgoing ?? { publication, slots: [] }, publication)) needsOffer = true;
    }
    return needsOffer ? "offer" : hasChanged ? "list" : "nothing";
  }

  /** What is sent now, and what the peer does not want: without tracks. */
  list(): StreamInfo[] {
    const sent = [...this.#byLabel.values()].map(({ publication, slots }) => ({
      ...describe(publication),
      tracks: slots.map(({ id, kind, transceiver, sent: track }): TrackInfo => {
        const { mid } = transceiver;
        return { id, kind, isMuted: track === null, ...(mid === null || mid === undefined ? {} : { mid }) };
      }),
    }));
    return [...sent, ...this.#held.map(describe)];
  }

  /** Says whether transceivers were added or stopped. */
  async #bring(pc: RTCPeerConnection, outgoing: Outgoing, publication: Publication): Promise<boolean> {
    this.#byLabel.set(publication.label, outgoing);
    const ids = new Set(publication.tracks.map(({ track }) => track.id));
    const kept = outgoing.slots.filter(({ id }) => ids.has(id));
    const free = outgoing.slots.filter(({ id }) => !ids.has(id));
    const slots: Slot[] = [];
    let needsOffer = false;
    for (const published of publication.tracks) {
      const { track } = published;
      const index = free.findIndex(({ kind }) => kind === track.kind);
      const slot = kept.find(({ id }) => id === track.id) ?? (index < 0 ? undefined : free.splice(index, 1)[0]);
      try {
        slots.push(slot ?? add(pc, publication, published));
        if (slot === undefined) needsOffer = true;
        else await reuse(slot, publication, published, outgoing.publication);
      } catch (thrown) {
        if (pc.signalingState === "closed") throw thrown;
        this.#report(thrown);
      }
    }
    for (const slot of free) {
      stop(slot);
      needsOffer = true;
    }
    this.#byLabel.set(publication.label, { publication, slots });
    return needsOffer;
  }
}

function describe({ label, metadata }: Publication): StreamInfo {
  return { label, ...(metadata === undefined ? {} : { metadata }), tracks: [] };
}

function add(pc: RTCPeerConnection, publication: Publication, { track, isMuted }: PublishedTrack): Slot {
  const kind = track.kind as "audio" | "video";
  const sendEncodings = encodingsOf(publication, kind);
  const transceiver = pc.addTransceiver(isMuted ? kind : track, {
    direction: "sendonly",
    streams: [publication.stream],
    ...(sendEncodings === undefined ? {} : { sendEncodings }),
  });
  return { kind, transceiver, id: track.id, sent: isMuted ? null : track };
}

async function reuse(slot: Slot, publication: Publication, { track, isMuted }: PublishedTrack, before: Publication): Promise<void> {
  const sent = isMuted ? null : track;
  if (slot.sent !== sent) await slot.transceiver.sender.replaceTrack(sent);
  slot.sent = sent;
  slot.id = track.id;
  const encodings = encodingsOf(publication, slot.kind);
  if (JSON.stringify(encodings) !== JSON.stringify(encodingsOf(before, slot.kind)))
    await encode(slot.transceiver.sender, encodings ?? [{}]);
}

/** Gives running encodings their new parameters, in their order. */
async function encode(sender: RTCRtpSender, encodings: readonly RTCRtpEncodingParameters[]): Promise<void> {
  const parameters = sender.getParameters();
  parameters.encodings = parameters.encodings.map((encoding, index) => ({ ...encoding, ...encodings[index] }));
  await sender.setParameters(parameters);
}

function stop({ transceiver }: Slot): void {
  try {
    transceiver.stop();
  } catch {
    // Stopped by the other side, or with its connection.
  }
}
