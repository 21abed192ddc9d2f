import type { Metadata } from "@peerloom/protocol";
import type { PairSignal, SignalPair } from "@peerloom/signaling";
import type { GroupEvent, RemotePeer } from "../events.ts";
import type { Publication } from "../media/publication.ts";
import type { Settings } from "../options.ts";

/** Who is at the other end, and in which stay. */
export interface Who {
  readonly id: string;
  readonly instance: string;
  readonly card: SignalPair["card"];
}

/** What a pair needs of its room and its peer. None of these may throw, but for `meet` and `newConnection`. */
export interface PairContext {
  readonly settings: Settings;
  readonly ownId: string;
  /** This peer's metadata, as of now. */
  metadata(): Metadata | undefined;
  publications(): readonly Publication[];
  meet(who: Who): SignalPair;
  newConnection(): RTCPeerConnection;
  say(session: SignalPair, signal: PairSignal): void;
  emit(event: GroupEvent): void;
  /** Does anybody listen to messages of all channels? */
  hearsMessages(): boolean;
  metadataChanged(remote: RemotePeer): void;
  error(error: unknown, remote: RemotePeer): void;
  /** Something malformed or too much of it came. */
  bad(what: string, remote: RemotePeer): void;
  /** Something goes on after the end of the pair: leaving waits for it. It never rejects. */
  linger(ending: Promise<void>): void;
  /** The pair is given up, and nobody has said why. */
  lost(who: Who): void;
  /** The pair is at its end. */
  closed(): void;
}
