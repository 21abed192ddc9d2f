import { setTimeout as pause } from "node:timers/promises";
import type { Client } from "@peerloom/client";

/** Traffic between two clients, both ways at once: numbered messages and requests, until it is told to finish. */
export interface Exchange {
  /** Messages handled so far by each side, the lower of the two. */
  readonly progress: number;
  /** Resolves when both sides have handled `messages` more than now: proof that traffic is live. */
  flowing(messages: number): Promise<void>;
  /** Sends on until both sides have sent `minimum`, waits until all is handled, and returns what was counted. */
  finish(minimum: { readonly messages: number; readonly requests: number }): Promise<ExchangeResult>;
}

export interface ExchangeResult {
  /** Sent and handled by each side; equal when nothing was lost or doubled. */
  readonly sides: readonly {
    readonly sent: number;
    readonly handled: number;
    readonly wrong: number;
    readonly requests: number;
    readonly wrongAnswers: number;
  }[];
  readonly seconds: number;
}

class Side {
  sent = 0;
  handled = 0;
  /** Messages whose number was not the next. */
  wrong = 0;
  requests = 0;
  answered = 0;
  wrongAnswers = 0;
  readonly client: Client;
  readonly peer: string;

  constructor(client: Client, peer: string) {
    this.client = client;
    this.peer = peer;
    client.onAny("number", (n: number) => {
      if (n !== this.handled) this.wrong += 1;
      this.handled += 1;
    });
    client.onAny("next", (n: number) => n + 1);
    client.onAny("handled", () => this.handled);
  }

  async run(isOver: (side: Side) => boolean): Promise<void> {
    const remote = this.client.remote(this.peer).timeout(60_000);
    const requests: Promise<void>[] = [];
    while (!isOver(this)) {
      for (let n = 0; n < 200; n++) {
        if (!remote.emit("number", this.sent++, "some payload that makes it about a hundred bytes with what is around it"))
          await remote.drained();
      }
      const n = this.requests++;
      requests.push(
        remote.emitWithAck("next", n).then((answer) => {
          this.answered += 1;
          if (answer !== n + 1) this.wrongAnswers += 1;
        }),
      );
      // A pace, so that traffic lasts as long as the chaos does.
      await pause(2);
    }
    await Promise.all(requests);
    // Requests are in order with messages: once this is answered, all before it has been handled.
    await remote.emitWithAck("handled");
  }
}

export function startExchange(a: Client, b: Client): Exchange {
  const started = performance.now();
  const sides = [new Side(a, b.id), new Side(b, a.id)] as const;
  let minimum: { readonly messages: number; readonly requests: number } | undefined;
  const isOver = (side: Side): boolean => minimum !== undefined && side.sent >= minimum.messages && side.requests >= minimum.requests;
  const running = Promise.all(sides.map((side) => side.run(isOver)));
  const lowest = (): number => Math.min(...sides.map((side) => side.handled));
  return {
    get progress() {
      return lowest();
    },
    flowing: async (messages) => {
      const from = sides.map((side) => side.handled);
      while (sides.some((side, index) => side.handled < (from[index] ?? 0) + messages)) await Promise.race([running, pause(1)]);
    },
    finish: async (least) => {
      minimum = least;
      await running;
      return {
        seconds: (performance.now() - started) / 1000,
        sides: sides.map(({ sent, handled, wrong, requests, wrongAnswers }, index) => ({
          sent,
          handled: sides[1 - index]?.handled ?? handled,
          wrong,
          requests,
          wrongAnswers,
        })),
      };
    },
  };
}

/** Throws unless every message was handled once, in order, and every request answered rightly. */
export function checkComplete({ sides }: ExchangeResult): void {
  for (const { sent, handled, wrong, wrongAnswers } of sides) {
    if (sent !== handled || wrong > 0 || wrongAnswers > 0) throw new Error(`not exactly once and in order: ${JSON.stringify(sides)}`);
  }
}
