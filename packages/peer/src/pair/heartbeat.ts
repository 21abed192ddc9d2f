/** What the control channel's silence means; all times in milliseconds of one clock. */
export interface HeartbeatTimes {
  /** A question is sent after this silence. */
  readonly intervalMs: number;
  /** The other side is lost after this silence. */
  readonly lostMs: number;
}

export interface Heartbeat {
  readonly heardAt: number;
  readonly askedAt: number;
  readonly tickedAt: number;
}

export type HeartbeatVerdict = "fine" | "ask" | "lost";

export function startHeartbeat(now: number): Heartbeat {
  return { heardAt: now, askedAt: now, tickedAt: now };
}

/** Anything was heard. */
export function heard(state: Heartbeat, now: number): Heartbeat {
  return { ...state, heardAt: now };
}

/**
 * To be called a few times per interval. A tick that comes very late says that this program slept, not that the other one is silent:
 * then the other side gets the time to be heard once more.
 */
export function tickHeartbeat(
  state: Heartbeat,
  now: number,
  { intervalMs, lostMs }: HeartbeatTimes,
): readonly [Heartbeat, HeartbeatVerdict] {
  if (now - state.tickedAt > lostMs / 2) {
    const grace = { heardAt: Math.max(state.heardAt, now - lostMs + 2 * intervalMs), askedAt: now, tickedAt: now };
    return [grace, "ask"];
  }
  const ticked = { ...state, tickedAt: now };
  if (now - state.heardAt >= lostMs) return [ticked, "lost"];
  const isDue = now - Math.max(state.heardAt, state.askedAt) >= intervalMs;
  return isDue ? [{ ...ticked, askedAt: now }, "ask"] : [ticked, "fine"];
}
