import { connect, type Client, type PeerStream } from "@peerloom/client";
import type { RtcBackend } from "@peerloom/core";
import { direct } from "@peerloom/direct";
import { BreakableRtc } from "../../tools/lib/breakable-rtc.ts";
import { blockOf, BlockHash, BLOCK_BYTES } from "./direct-data.ts";

/** What one side of a long talk is told by the test. */
export type SideOrder =
  /** Begin, with leave to send so many steps. */
  | { readonly type: "start"; readonly steps: number }
  /** So many steps may be sent now. */
  | { readonly type: "allow"; readonly steps: number }
  /** Break every direct link, without a word. */
  | { readonly type: "break" };

export interface SideReport {
  readonly event: "ready" | "path" | "state" | "step" | "problem" | "done" | "gone";
  readonly detail?: unknown;
}

/** What came of it. */
export interface SideOutcome {
  readonly sentHash: string;
  readonly receivedHash: string;
  readonly receivedBytes: number;
  readonly messages: number;
  /** Of how many messages the number was not the one that was due. */
  readonly misplaced: number;
  readonly bytes: { readonly [path: string]: { readonly sent: number; readonly received: number } };
}

export interface SideOptions {
  readonly url: string;
  readonly id: string;
  readonly other: string;
  /** Blocks of the stream, and messages, that are sent in each step; there are `steps`. */
  readonly steps: number;
  readonly blocksPerStep: number;
  readonly messagesPerStep: number;
}

interface Surroundings extends SideOptions {
  readonly rtc: RtcBackend;
  readonly report: (report: SideReport) => void;
  readonly onOrder: (listener: (order: SideOrder) => void) => void;
}

/**
 * One side of a long talk: sends a stream of bytes and numbered messages to the other side, a step at a time as the test allows it, and
 * checks what comes from there. Runs in Node and in pages.
 */
export async function talk({ url, id, other, steps, blocksPerStep, messagesPerStep, rtc, report, onOrder }: Surroundings): Promise<void> {
  const breakable = new BreakableRtc(rtc);
  const client = await connect(url, {
    clientId: id,
    reconnectMinMs: 50,
    reconnectMaxMs: 500,
    connectTimeoutMs: 60_000,
    direct: direct({ rtc: breakable.rtc, retryMinMs: 100, retryMaxMs: 1000 }),
  });
  const gate = new Gate();
  client.on("path", ({ path }) => report({ event: "path", detail: path }));
  client.on("state", ({ state }) => report({ event: "state", detail: state }));
  client.on("gone", ({ error }) => report({ event: "gone", detail: error.code }));

  const received = new Received(steps, blocksPerStep * BLOCK_BYTES, messagesPerStep, (step) => report({ event: "step", detail: step }));
  client.remote(other).on("number", (n: number, padding: string) => received.message(n, padding));
  client.onStream("bulk", (stream) => received.stream(stream));

  let sent: Promise<string> | undefined;
  onOrder((order) => {
    if (order.type === "break") return breakable.breakAll();
    gate.allow(order.steps);
    if (order.type === "start") sent ??= send(client, other, { steps, blocksPerStep, messagesPerStep }, gate);
    sent
      ?.then(async (sentHash) => {
        const outcome: SideOutcome = { sentHash, ...(await received.outcome), bytes: client.remote(other).bytes };
        report({ event: "done", detail: outcome });
      })
      .catch((error: unknown) => report({ event: "problem", detail: String(error) }));
  });
  report({ event: "ready" });
}

async function send(
  client: Client,
  other: string,
  { steps, blocksPerStep, messagesPerStep }: Pick<SideOptions, "steps" | "blocksPerStep" | "messagesPerStep">,
  gate: Gate,
): Promise<string> {
  const hash = new BlockHash();
  const remote = client.remote(other);
  const bytes = async (): Promise<void> => {
    const stream = await remote.openStream("bulk", { timeoutMs: 120_000 });
    const writer = stream.writable.getWriter();
    for (let index = 0; index < steps * blocksPerStep; index++) {
      if (index % blocksPerStep === 0) await gate.passes(index / blocksPerStep);
      const block = blockOf(client.id, index);
      await hash.add(block);
      await writer.write(block);
    }
    await writer.close();
  };
  const messages = async (): Promise<void> => {
    for (let n = 0; n < steps * messagesPerStep; n++) {
      if (n % messagesPerStep === 0) await gate.passes(n / messagesPerStep);
      if (!remote.emit("number", n, "x".repeat(n % 100))) await remote.drained();
    }
  };
  await Promise.all([bytes(), messages()]);
  return hash.hex();
}

/** Lets steps pass that the test has allowed. */
class Gate {
  #allowed = 0;
  #waiting: { readonly step: number; readonly go: () => void }[] = [];

  allow(steps: number): void {
    this.#allowed = Math.max(this.#allowed, steps);
    const waiting = this.#waiting;
    this.#waiting = waiting.filter(({ step }) => step >= this.#allowed);
    for (const { step, go } of waiting) if (step < this.#allowed) go();
  }

  passes(step: number): Promise<void> {
    return step < this.#allowed ? Promise.resolve() : new Promise((go) => this.#waiting.push({ step, go }));
  }
}

/** Checks what comes, and tells each step of which both the bytes and the messages have come. */
class Received {
  readonly #steps: number;
  readonly #bytesPerStep: number;
  readonly #messagesPerStep: number;
  readonly #tell: (step: number) => void;
  readonly #hash = new BlockHash();
  readonly outcome: Promise<Omit<SideOutcome, "sentHash" | "bytes">>;
  #settle: (outcome: Promise<Omit<SideOutcome, "sentHash" | "bytes">>) => void = () => {};
  #messages = 0;
  #misplaced = 0;
  #told = 0;
  #hasEnded = false;

  constructor(steps: number, bytesPerStep: number, messagesPerStep: number, tell: (step: number) => void) {
    this.#steps = steps;
    this.#bytesPerStep = bytesPerStep;
    this.#messagesPerStep = messagesPerStep;
    this.#tell = tell;
    this.outcome = new Promise((resolve) => (this.#settle = resolve));
  }

  message(n: number, padding: string): void {
    if (n !== this.#messages || padding.length !== n % 100) this.#misplaced += 1;
    this.#messages += 1;
    this.#look();
  }

  async stream({ readable }: PeerStream): Promise<void> {
    for (const reader = readable.getReader(); ;) {
      const { done, value } = await reader.read();
      if (done) break;
      await this.#hash.add(value as Uint8Array);
      this.#look();
    }
    this.#hasEnded = true;
    this.#look();
  }

  #look(): void {
    const steps = Math.min(Math.floor(this.#hash.bytes / this.#bytesPerStep), Math.floor(this.#messages / this.#messagesPerStep));
    while (this.#told < steps) this.#tell((this.#told += 1));
    if (this.#hasEnded && this.#messages >= this.#steps * this.#messagesPerStep) this.#settle(this.#read());
  }

  async #read(): Promise<Omit<SideOutcome, "sentHash" | "bytes">> {
    const receivedHash = await this.#hash.hex();
    return { receivedHash, receivedBytes: this.#hash.bytes, messages: this.#messages, misplaced: this.#misplaced };
  }
}
