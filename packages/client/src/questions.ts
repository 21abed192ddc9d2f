import { isMetadata, parseQuestion, type Metadata } from "@peerloom/protocol";

/** What the asking side tells with `pair`. */
export interface PairOffer {
  readonly metadata: Metadata | undefined;
}

/** Decides on a pairing: what it returns (or resolves to) is told to the other side; it throws to refuse. */
export type PairHandler = (from: string, offer: PairOffer) => Metadata | undefined | void | Promise<Metadata | undefined | void>;

type Answer =
  | { readonly ok: true; readonly value: object }
  | { readonly ok: false; readonly error: { readonly code: string; readonly message: string } };

const maxOpen = 256;

/** Answers the questions the relay passes on to the application. */
export class Questions {
  readonly #malformed: (what: string) => void;
  #handler: PairHandler | undefined;
  #connection = 0;
  #open = 0;

  constructor(malformed: (what: string) => void) {
    this.#malformed = malformed;
  }

  /** There is one handler: a later one replaces it. */
  handle(handler: PairHandler): () => void {
    this.#handler = handler;
    return () => {
      if (this.#handler === handler) this.#handler = undefined;
    };
  }

  /** Answers to what was asked so far are not sent any more: on another connection they would answer other questions. */
  disconnected(): void {
    this.#connection += 1;
  }

  /** A question has come; both arguments are unchecked. */
  ask(body: unknown, ack: unknown): void {
    if (typeof ack !== "function") return this.#malformed("ask");
    const connection = this.#connection;
    const reply = (answer: Answer): void => {
      if (connection === this.#connection) Reflect.apply(ack, undefined, [answer]);
    };
    const question = parseQuestion(body);
    if (question === undefined) {
      this.#malformed("ask");
      return reply(refusal("BAD_REQUEST", "a malformed question"));
    }
    if (this.#open >= maxOpen) return reply(refusal("BUSY", "too many questions are open"));
    this.#open += 1;
    void this.#decide(question.from, question.metadata).then((answer) => {
      this.#open -= 1;
      reply(answer);
    });
  }

  /** Never rejects. */
  async #decide(from: string, metadata: Metadata | undefined): Promise<Answer> {
    if (this.#handler === undefined) return refusal("PAIR_REFUSED", "the other side does not pair");
    try {
      const answer = await this.#handler(from, { metadata });
      if (answer === undefined) return { ok: true, value: {} };
      return isMetadata(answer)
        ? { ok: true, value: { metadata: answer } }
        : refusal("PAIR_REFUSED", "the other side's answer is no JSON value");
    } catch (thrown) {
      return refusal("PAIR_REFUSED", thrown instanceof Error ? thrown.message.slice(0, 1024) : "the other side refused");
    }
  }
}

function refusal(code: string, message: string): Answer {
  return { ok: false, error: { code, message } };
}
