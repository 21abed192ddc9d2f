import { MemoryRelay, randomFrom } from "@peerloom/core/testing";
import { Endpoint } from "@peerloom/session";
import { expect, test } from "vitest";
import { playStream, type Played } from "../../support/stream-play.ts";

const runs = Number(process.env["PEERLOOM_STREAM_RUNS"] ?? 1000);
/** A run can be repeated by giving its seed. */
const firstSeed = Number(process.env["PEERLOOM_STREAM_SEED"] ?? 1);
const atOnce = 50;
/** A connection carries so many packets before it may be cut again. */
const cutPackets = 8;

const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === "Timeout" || name === "Immediate").length;

interface Tally {
  streams: number;
  bytes: number;
  ends: number;
}

/** One world: two endpoints, a path that loses, refuses and cuts, a few streams both ways at once. Says what went wrong. */
async function run(seed: number, tally: Tally): Promise<string[]> {
  const random = randomFrom(seed);
  const relay = new MemoryRelay(setImmediate);
  const isFinal = random() < 0.1;
  const [alice, bob] = ["alice", "bob"].map((id) => {
    const endpoint = new Endpoint({
      instance: `${id}-instance`,
      transport: relay.transport(id),
      sessionTimeoutMs: isFinal ? 200 : 20_000,
      limits: { windowBytes: 65_536 + Math.floor(random() * 400_000), streamWindowBytes: 20_000 + Math.floor(random() * 200_000) },
    });
    relay.attach(id, `${id}-instance`, endpoint);
    return endpoint;
  }) as [Endpoint, Endpoint];
  const [lossRate, busyRate] = random() < 0.3 ? [0, 0] : [random() * 0.05, random() * 0.05];
  const busy = new Set<string>();
  let delivered = 0;
  relay.judge = ({ from, to }) => {
    const dice = random();
    if (dice < lossRate) return "lose";
    if (dice < 1 - busyRate) {
      delivered += 1;
      return "deliver";
    }
    if (!busy.has(from)) {
      setImmediate(() => {
        busy.delete(from);
        (from === "alice" ? alice : bob).ready(to);
      });
    }
    busy.add(from);
    return "BUSY";
  };
  let due = 0;
  const chaos = setInterval(
    () => {
      // Between two cuts something comes through, however slow the machine is.
      if (delivered < due) return;
      due = delivered + cutPackets;
      const id = random() < 0.5 ? "alice" : "bob";
      relay.cut(id);
      if (!isFinal) setImmediate(() => relay.restore(id));
    },
    3 + random() * 40,
  );
  const count = 1 + Math.floor(random() * 3);
  const plays = Array.from({ length: count }, (_, n) => {
    const [opener, taker] = random() < 0.5 ? [alice, bob] : [bob, alice];
    return playStream(randomFrom(seed * 1000 + n), opener, taker, `s${n}`);
  });
  const late = new Promise<Played[]>((resolve) => {
    const timer = setTimeout(() => resolve([{ problems: ["something never settled"], bytes: 0, ends: 0 }]), 25_000);
    void Promise.allSettled(plays).then(() => clearTimeout(timer));
  });
  const played = await Promise.race([Promise.all(plays), late]);
  const found = played.flatMap(({ problems }) => problems);
  for (const { bytes, ends } of played) {
    tally.streams += 1;
    tally.bytes += bytes;
    tally.ends += ends;
  }
  clearInterval(chaos);
  relay.judge = () => "deliver";
  if (found.length === 0) {
    for (const id of ["alice", "bob"]) relay.restore(id);
    // Where a peer was lost, the other one finds out now.
    const settling = await Promise.allSettled([alice.settled({ timeoutMs: 10_000 }), bob.settled({ timeoutMs: 10_000 })]);
    for (const outcome of settling) if (outcome.status === "rejected" && !isFinal) found.push(String(outcome.reason));
    for (const { id, load } of [alice, bob]) if (load.streams + load.bytes > 0) found.push(`${id} still holds ${JSON.stringify(load)}`);
  }
  await Promise.all([alice.close(), bob.close()]);
  return found;
}

test(
  `${runs} worlds from seed ${firstSeed} on: what came is a prefix of what was sent, a clean end means all of it, and everything settles`,
  { timeout: 300_000 },
  async () => {
    const timersBefore = timers();
    const problems: string[] = [];
    const tally = { streams: 0, bytes: 0, ends: 0 };
    let next = firstSeed;
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        while (next < firstSeed + runs) {
          const seed = next++;
          for (const problem of await run(seed, tally)) problems.push(`seed ${seed}: ${problem}`);
        }
      }),
    );

    console.log(`seeds ${firstSeed} to ${firstSeed + runs - 1}: ${tally.streams} streams, ${tally.bytes} bytes, ${tally.ends} clean ends`);
    expect(problems).toEqual([]);
    // A timer that nobody holds is gone with the turn of the loop.
    await new Promise((resolve) => setImmediate(resolve));
    expect(timers()).toBeLessThanOrEqual(timersBefore + 1);
    // Both happen often, or nothing was shown.
    expect(tally.ends).toBeGreaterThan(tally.streams / 2);
    expect(tally.ends).toBeLessThan(tally.streams * 1.5);
    expect(tally.bytes).toBeGreaterThan(runs * 10_000);
  },
);
