/** Budgets of one room at one client; every one has a safe default. */
export interface RoomLimits {
  /** Bytes of sent events kept for members that missed them. @defaultValue 1 MiB */
  readonly historyBytes: number;
  /** Sent events kept for members that missed them. @defaultValue 1000 */
  readonly historyEvents: number;
  /** Bytes waiting to be sent above which `emit` returns false; `drained()` resolves below a quarter of it. @defaultValue 1 MiB */
  readonly highWaterBytes: number;
  /** Bytes waiting to be sent above which `emit` throws `OVERFLOW`. @defaultValue 8 MiB */
  readonly maxQueuedBytes: number;
  /** Bytes of events held for each publisher while earlier ones are fetched. @defaultValue 1 MiB */
  readonly heldBytes: number;
}

export const defaultRoomLimits: RoomLimits = {
  historyBytes: 1_048_576,
  historyEvents: 1000,
  highWaterBytes: 1_048_576,
  maxQueuedBytes: 8_388_608,
  heldBytes: 1_048_576,
};

/** Delays of a room in milliseconds. */
export const ROOM_TIMING = {
  /** A publisher that sent nothing for so long tells its next number, so that a lost last packet is noticed. */
  tailMs: 1000,
  /** A failed replay request is repeated after this, then after twice as long, up to `maxRetryMs`. */
  retryMs: 200,
  maxRetryMs: 5000,
} as const;
