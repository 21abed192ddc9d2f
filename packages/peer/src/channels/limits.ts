/** What a channel takes and keeps at most. */
export interface ChannelLimits {
  /** Bytes of one message, request or answer, sent or received. @defaultValue 64 MiB */
  readonly maxMessageBytes?: number;
  /** Bytes of large messages that are being received. @defaultValue 128 MiB */
  readonly maxAssemblyBytes?: number;
  /** Bytes that wait to be sent: above it `post`, `send` and `request` fail with `OVERFLOW`. @defaultValue 64 MiB */
  readonly maxQueueBytes?: number;
  /** Bytes that wait to be sent above which `post` returns false. @defaultValue 1 MiB */
  readonly queueHighWaterBytes?: number;
  /** Bytes that were sent and are kept until they are acknowledged; nothing more is sent above it. @defaultValue 8 MiB */
  readonly maxUnackedBytes?: number;
  /** Requests of this side that wait for an answer. @defaultValue 4096 */
  readonly maxPendingRequests?: number;
  /** Requests of the other side whose handlers have not ended, cancelled ones among them; more are answered `LIMIT`. @defaultValue 256 */
  readonly maxServedRequests?: number;
  /** Bytes of a file that the other side may send. @defaultValue Infinity */
  readonly maxFileBytes?: number;
}

const MIB = 1_048_576;

const DEFAULT_LIMITS: Required<ChannelLimits> = {
  maxMessageBytes: 64 * MIB,
  maxAssemblyBytes: 128 * MIB,
  maxQueueBytes: 64 * MIB,
  queueHighWaterBytes: MIB,
  maxUnackedBytes: 8 * MIB,
  maxPendingRequests: 4096,
  maxServedRequests: 256,
  maxFileBytes: Number.POSITIVE_INFINITY,
};

/** The limits with their defaults. @throws RangeError when one is no positive number. */
export function withDefaults(limits: ChannelLimits): Required<ChannelLimits> {
  for (const [name, value] of Object.entries(limits) as [string, unknown][]) {
    if (value !== undefined && !(typeof value === "number" && value > 0)) throw new RangeError(`${name} must be a number above 0`);
  }
  return { ...DEFAULT_LIMITS, ...Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined)) };
}
