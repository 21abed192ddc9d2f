/** What signaling may cost the relay, beside the rates of `RelayLimits`, which hold for it too. */
export interface SignalingLimits {
  /** Addresses a client may be subscribed to. @defaultValue 1000 */
  readonly addressesPerClient: number;
  /** Subscribers an address may have. @defaultValue 1000 */
  readonly subscribersPerAddress: number;
  /** Largest message in bytes, at most `limits.packetBytes`. @defaultValue 131_072 */
  readonly messageBytes: number;
}

const defaults: SignalingLimits = { addressesPerClient: 1000, subscribersPerAddress: 1000, messageBytes: 131_072 };

/**
 * Reads the option `signaling`: undefined when it is off.
 *
 * @throws TypeError when it is neither a boolean nor limits, or one is unknown or no number; RangeError when one is out of range.
 */
export function resolveSignaling(given: boolean | Partial<SignalingLimits> | undefined, packetBytes: number): SignalingLimits | undefined {
  if (given === undefined || given === false) return undefined;
  if (given !== true && (typeof given !== "object" || given === null))
    throw new TypeError(`option signaling must be true, false or limits, not ${String(given)}`);
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  for (const [name, value] of entries) checkLimit(name, value, name === "messageBytes" ? packetBytes : Infinity);
  const messageBytes = Math.min(defaults.messageBytes, packetBytes);
  return { ...defaults, messageBytes, ...Object.fromEntries(entries) };
}

function checkLimit(name: string, value: unknown, max: number): void {
  if (!Object.hasOwn(defaults, name))
    throw new TypeError(`signaling.${name} is not a limit; there are ${Object.keys(defaults).join(", ")}`);
  if (typeof value !== "number") throw new TypeError(`signaling.${name} must be a number, not ${typeof value}`);
  const isWhole = Number.isInteger(value) || value === Infinity;
  if (!isWhole || value < 1 || value > max)
    throw new RangeError(`signaling.${name} must be a whole number from 1 ${max === Infinity ? "on" : `to ${max}`}, not ${value}`);
}
