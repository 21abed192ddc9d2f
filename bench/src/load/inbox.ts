import type { Handlers, Payload, Wire } from "../contestants/wire.ts";
import { isSame, makeRing } from "./ring.ts";
import type { Shape } from "./ring.ts";

/** What a sender asks of the other end before it starts. */
export interface Begin {
  readonly do: "begin";
  readonly shape: Shape;
  readonly window: number;
  /** Send each message back instead of counting it. */
  readonly isEcho: boolean;
}

/** What was received since `begin`. */
export interface Report {
  readonly received: number;
  /** Says which message was the first that is not the one expected; empty when all were. */
  readonly problem: string;
}

/** The receiving end: takes messages, checks that each is the next one, and reports. A text as request is returned as it came. */
export class Inbox implements Handlers {
  #wire: Wire | undefined;
  #ring: Payload[] = [];
  #ringKey = "";
  #isEcho = false;
  #received = 0;
  #problem = "";

  attach(wire: Wire): void {
    this.#wire = wire;
  }

  message(payload: unknown): void {
    if (this.#isEcho) {
      this.#wire?.send(payload as Payload);
      return;
    }
    const number = this.#received++;
    if (isSame(payload, this.#ring[number % this.#ring.length])) return;
    this.#problem ||= `message ${number} is not the one expected: ${String(payload).slice(0, 24)}`;
  }

  request(payload: unknown): unknown {
    if (typeof payload === "string") return payload;
    const order = payload as Begin | { readonly do: "report" };
    if (order.do === "report") return { received: this.#received, problem: this.#problem } satisfies Report;
    const key = JSON.stringify(order.shape);
    if (key !== this.#ringKey) this.#ring = makeRing(order.shape);
    this.#ringKey = key;
    this.#isEcho = order.isEcho;
    this.#received = 0;
    this.#problem = "";
    this.#wire?.setWindow(order.window);
    return {};
  }
}
