import type { Payload } from "../contestants/wire.ts";

/** What message a load sends. */
export interface Shape {
  readonly form: "text" | "bytes";
  readonly sizeBytes: number;
}

/** Distinct payloads, made before the clock runs: message `n` carries number `n` modulo the ring's length. */
export function makeRing({ form, sizeBytes }: Shape): Payload[] {
  const length = form === "text" ? 10_000 : Math.ceil(4_194_304 / sizeBytes);
  return Array.from({ length }, (_, number) => {
    const bytes = Buffer.alloc(sizeBytes, "The quick brown fox jumps over the lazy dog. ");
    bytes.write(String(number).padStart(8, "0"), 0, "latin1");
    bytes.write(String(number).padStart(8, "0"), sizeBytes - 8, "latin1");
    // A string read from bytes is flat; one that is put together is not until it is first used.
    return form === "text" ? bytes.toString("latin1") : new Uint8Array(bytes);
  });
}

/** Whether `received` is `expected`: a text wholly, bytes by length and both ends. */
export function isSame(received: unknown, expected: Payload | undefined): boolean {
  if (typeof expected === "string" || expected === undefined) return received === expected;
  if (!(received instanceof Uint8Array) || received.length !== expected.length) return false;
  const end = expected.length - 8;
  for (let i = 0; i < 8; i++) if (received[i] !== expected[i] || received[end + i] !== expected[end + i]) return false;
  return true;
}
