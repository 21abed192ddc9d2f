import { connect, type Client, type ConnectOptions, type PathName } from "@peerloom/client";
import type { RtcBackend } from "@peerloom/core";
import { direct } from "@peerloom/direct";
import type { Figure } from "../figure.ts";
import type { Log } from "../log.ts";
import { rotated } from "../measured.ts";
import { median } from "../median.ts";

/** A switch may stall traffic for so long. */
const MAX_STALL_MS = 250;
let pairs = 0;

async function pair(url: string, options: () => ConnectOptions): Promise<{ readonly a: Client; readonly b: Client }> {
  pairs += 1;
  const open = (side: string): Promise<Client> => connect(url, { clientId: `pair-${pairs}-${side}`, ...options() });
  return { a: await open("a"), b: await open("b") };
}

/** Resolves when packets to `id` take this path. */
function takes(client: Client, id: string, path: PathName): Promise<void> {
  if (client.remote(id).path === path) return Promise.resolve();
  return new Promise((resolve) => {
    const off = client.on("path", (event) => {
      if (event.id !== id || event.path !== path) return;
      off();
      resolve();
    });
  });
}

/**
 * Milliseconds from the first request of two connected clients to its answer, with direct paths beside without; and from there to the
 * direct path, beside the time that a request takes.
 */
export async function measureFirst(url: string, rtc: RtcBackend, rounds: number, { note, progress }: Log): Promise<Figure[]> {
  const samples = { relay: [] as number[], direct: [] as number[], up: [] as number[] };
  const turn = async (kind: "relay" | "direct", isCounted: boolean): Promise<void> => {
    const { a, b } = await pair(url, () => (kind === "direct" ? { direct: direct({ rtc }) } : {}));
    b.onAny("hello", () => "hi");
    const start = performance.now();
    await a.remote(b.id).emitWithAck("hello");
    const answered = performance.now();
    if (kind === "direct") await takes(a, b.id, "direct");
    if (isCounted) samples[kind].push(answered - start);
    if (isCounted && kind === "direct") samples.up.push(performance.now() - start);
    await Promise.all([a.close(), b.close()]);
  };
  for (let round = -3; round < rounds; round++) {
    progress(`paths.first-message ${round + 1}/${rounds}`);
    for (const kind of rotated(["relay", "direct"] as const, round + 4)) await turn(kind, round >= 0);
  }
  for (const [name, values] of Object.entries(samples)) note(`paths.first-message ${name}`, values);
  const [first, alone, up] = [median(samples.direct), median(samples.relay), median(samples.up)];
  return [
    { name: "paths.first-message", ours: first, baseline: alone, unit: "ms" },
    { name: "paths.to-direct", ours: up, baseline: alone, unit: "ms" },
  ];
}

/** The longest pause in milliseconds between two messages of a steady flow while it changes between two paths that both work. */
export async function measureStall(url: string, rtc: RtcBackend, switches: number, { note, progress }: Log): Promise<Figure> {
  const { a, b } = await pair(url, () => ({ direct: direct({ rtc, policy: "manual" }) }));
  const remote = a.remote(b.id);
  const flow = new AbortController();
  let last = performance.now();
  let longest = 0;
  b.onAny("m", () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  });
  const flowing = (async (): Promise<void> => {
    const bytes = new Uint8Array(16_384);
    while (!flow.signal.aborted) {
      if (!remote.emit("m", bytes)) await remote.drained();
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  const stalls: number[] = [];
  for (let turn = 0; turn < switches; turn++) {
    progress(`paths.switch-stall ${turn + 1}/${switches}`);
    for (const path of ["direct", "relay"] as const) {
      longest = 0;
      last = performance.now();
      if (path === "direct") await remote.goDirect();
      else remote.goRelay();
      await takes(b, a.id, path);
      // What stalls shows within a moment.
      await new Promise((resolve) => setTimeout(resolve, MAX_STALL_MS));
      stalls.push(Math.max(longest, performance.now() - last));
    }
  }
  flow.abort();
  await flowing;
  await Promise.all([a.close(), b.close()]);
  note("paths.switch-stall", stalls);
  return { name: "paths.switch-stall", ours: Math.max(...stalls), baseline: MAX_STALL_MS, unit: "ms" };
}
