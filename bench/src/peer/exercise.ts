import type { Line } from "./contestants/line.ts";

export type ExerciseName = "rtt" | "small" | "bulk";

const BULK_BYTES = 65_536;
const ping = `p${"-".repeat(49)}`;
const small = `x${"-".repeat(99)}`;
/** One after the other, as the pieces of a file are: who sends the same memory again and again finds it in the processor's cache. */
const bulks: readonly Uint8Array<ArrayBuffer>[] = Array.from({ length: 64 }, () => new Uint8Array(BULK_BYTES).fill(120));

/** What side B does: it sends pings back, counts all else, and says when it has as many as it is asked for. */
export function answer(line: Line): void {
  let count = 0;
  let wanted = -1;
  const check = (): void => {
    if (count !== wanted) return;
    void line.post(`d${count}`);
    count = 0;
    wanted = -1;
  };
  line.onMessage = (data) => {
    if (typeof data === "string" && data.startsWith("p")) return void line.post(data);
    if (typeof data === "string" && data.startsWith("e")) wanted = Number(data.slice(1));
    else count += data.length === (typeof data === "string" ? small.length : BULK_BYTES) ? 1 : Number.NaN;
    check();
  };
}

/** Side A: one ping there and back. */
export function pingOnce(line: Line): Promise<string> {
  return new Promise((resolve) => {
    line.onMessage = (data) => resolve(String(data));
    void line.post(ping);
  });
}

/** The middle one of those of a slice: one that met another program's turn says nothing of the contestants. */
async function roundTripMs(line: Line, ms: number): Promise<number> {
  const times: number[] = [];
  const start = performance.now();
  for (let now = start; now - start < ms;) {
    await pingOnce(line);
    const then = performance.now();
    times.push(then - now);
    now = then;
  }
  return times.toSorted((a, b) => a - b)[times.length >> 1] ?? Number.NaN;
}

/** Side A: milliseconds a round trip, messages a second, or bytes a second. @throws Error when the other side did not get all. */
export async function exercise(name: ExerciseName, line: Line, ms: number): Promise<number> {
  const start = performance.now();
  let count = 0;
  if (name === "rtt") return roundTripMs(line, ms);
  const step = name === "small" ? 100 : 1;
  while (performance.now() - start < ms) {
    for (let index = 0; index < step; index++, count++) {
      const wait = line.post(name === "small" ? small : (bulks[count % bulks.length] ?? small));
      if (wait !== undefined) await wait;
    }
    // The page has to breathe: what never waits would keep its own acknowledgements out.
    if (name === "small" && count % 5_000 === 0) await new Promise((resolve) => setTimeout(resolve));
  }
  const answered = new Promise<string>((resolve) => (line.onMessage = (reply) => resolve(String(reply))));
  const wait = line.post(`e${count}`);
  if (wait !== undefined) await wait;
  const reply = await answered;
  if (reply !== `d${count}`) throw new Error(`${count} messages were sent, and "${reply}" is what came`);
  const seconds = (performance.now() - start) / 1000;
  return name === "small" ? count / seconds : (count * BULK_BYTES) / seconds;
}
