import {
  createIdentity,
  createSignaler,
  type Announcement,
  type Received,
  type Signaler,
  type SignalerOptions,
  type SignalPair,
} from "@peerloom/signaling";

/** A peer that seals, in the room "lobby". */
export async function sealing(options: Partial<SignalerOptions> = {}): Promise<Signaler> {
  return createSignaler({ room: "lobby", identity: await createIdentity(), ...options });
}

/** A peer that does not seal. */
export function open(options: Partial<SignalerOptions> = {}): Promise<Signaler> {
  return createSignaler({ room: "lobby", ...options });
}

/** What `member` hears when `newcomer` announces itself. */
export async function announced(newcomer: Signaler, member: Signaler): Promise<Announcement> {
  const heard = await member.hear(await newcomer.announce());
  if (heard?.type !== "announce") throw new Error("no announcement was heard");
  return heard;
}

export interface Met {
  /** The member's end. */
  readonly member: SignalPair;
  /** The newcomer's end. */
  readonly newcomer: SignalPair;
}

/** Both ends of a session that `member` opened with a greeting. */
export async function meet(member: Signaler, newcomer: Signaler): Promise<Met> {
  const pair = member.meet(await announced(newcomer, member));
  const { pair: other }: Received = await newcomer.receive(await pair.seal({ type: "greet" }));
  return { member: pair, newcomer: other };
}

export const sdp = "v=0\r\na=fingerprint:sha-256 AA:BB:CC\r\n";
