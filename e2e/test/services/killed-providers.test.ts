import { connect, PeerloomError, type Client } from "@peerloom/client";
import { expect, test } from "vitest";
import { startProgram, startRelayProcess, type Program } from "../../support/process.ts";

interface Work {
  run(n: number): number;
  again(n: number): number;
}

const total = 10_000;

/** Three providers in processes of their own, of which the test may kill one and start another in its place. */
class Providers implements AsyncDisposable {
  readonly runs = new Map<number, number>();
  readonly #url: string;
  readonly #programs: Program[] = [];
  #count = 0;

  constructor(url: string) {
    this.#url = url;
  }

  async start(place: number): Promise<void> {
    const program = await startProgram("provider", [this.#url, `provider-${(this.#count += 1)}`]);
    program.child.on("message", (message: { readonly ran?: number }) => {
      if (message.ran !== undefined) this.runs.set(message.ran, (this.runs.get(message.ran) ?? 0) + 1);
    });
    this.#programs[place] = program;
  }

  async replace(place: number): Promise<void> {
    await this.#programs[place]?.kill();
    await this.start(place);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#programs.map((program) => program.kill()));
  }
}

/** Makes calls, 64 at once, while each provider is killed and replaced. @returns how often each outcome came about. */
async function callAll(client: Client, providers: Providers, method: keyof Work): Promise<Record<string, number>> {
  const work = client.service<Work>("work", { timeoutMs: 20_000 });
  const outcomes: Record<string, number> = {};
  let next = 0;
  let isKilling = true;
  const caller = async (): Promise<void> => {
    while (next < total || isKilling) {
      const n = next++;
      const outcome = await work[method](n).then(
        (value) => (value === n ? "value" : `wrong value ${String(value)}`),
        (error: unknown) => (PeerloomError.is(error) ? error.code : `unexpected ${String(error)}`),
      );
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    }
  };
  const killer = async (): Promise<void> => {
    for (let turn = 0; turn < 3 || next < total * 0.9; turn++) await providers.replace(turn % 3);
    isKilling = false;
  };
  await Promise.all([killer(), ...Array.from({ length: 64 }, caller)]);
  return outcomes;
}

async function start(sessionTimeoutMs: number) {
  const relay = await startRelayProcess({ relay: { sessionTimeoutMs } });
  const client = await connect(relay.url, { clientId: "caller" });
  const providers = new Providers(relay.url);
  await Promise.all([0, 1, 2].map((place) => providers.start(place)));
  const dispose = async (): Promise<void> => {
    await client.close();
    await providers[Symbol.asyncDispose]();
    await relay[Symbol.asyncDispose]();
  };
  return { client, providers, [Symbol.asyncDispose]: dispose };
}

test(
  `of ${total} calls over providers that are killed each ends in its value or a typed error, and none runs twice`,
  { timeout: 120_000 },
  async () => {
    await using world = await start(1000);

    const outcomes = await callAll(world.client, world.providers, "run");

    const made = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
    expect(made).toBeGreaterThanOrEqual(total);
    expect(Object.keys(outcomes).filter((outcome) => !["value", "PEER_LOST", "PEER_RESTARTED", "NO_PROVIDER"].includes(outcome))).toEqual(
      [],
    );
    expect(outcomes["PEER_LOST"]).toBeGreaterThan(0);
    expect(outcomes["value"]).toBeGreaterThan(made / 2);
    expect([...world.providers.runs].filter(([, count]) => count > 1)).toEqual([]);
    expect(world.providers.runs.size).toBeGreaterThanOrEqual(outcomes["value"] ?? 0);
  },
);

test("calls of an idempotent method all end in their value, whoever is killed", { timeout: 120_000 }, async () => {
  await using world = await start(1000);

  const outcomes = await callAll(world.client, world.providers, "again");

  expect(Object.keys(outcomes)).toEqual(["value"]);
  expect(outcomes["value"]).toBeGreaterThanOrEqual(total);
});
