import { PeerloomError, toWireError } from "@peerloom/core";
import { parseReply, type Reply } from "@peerloom/protocol";
import type { NodeMessage } from "./messages.ts";

/** What nodes ask each other; each answers by the handler of the same name. */
interface QuestionHandlers {
  readonly [question: string]: (body: unknown, from: string) => unknown;
}

export interface QuestionOptions {
  readonly handlers: QuestionHandlers;
  readonly send: (node: string, message: NodeMessage) => void;
  readonly failed: (thrown: unknown) => void;
}

interface Open {
  readonly node: string;
  readonly settle: (reply: Reply) => void;
  readonly timer: NodeJS.Timeout;
}

const lost: Reply = { ok: false, error: { code: "PEER_AWAY", message: "the node that was asked is lost" } };

/** Questions to other nodes and their answers: each ends with its answer, its time, or the node that was asked. */
export class Questions {
  readonly #options: QuestionOptions;
  readonly #open = new Map<number, Open>();
  #last = 0;

  constructor(options: QuestionOptions) {
    this.#options = options;
  }

  /** Questions without an answer yet. */
  get size(): number {
    return this.#open.size;
  }

  /** @throws PeerloomError whatever the other node answers, `PEER_AWAY` when it is lost, `TIMEOUT`. */
  ask(node: string, question: string, body: unknown, timeoutMs: number): Promise<unknown> {
    const call = ++this.#last;
    return new Promise((resolve, reject) => {
      const settle = (reply: Reply): void => {
        clearTimeout(timer);
        this.#open.delete(call);
        if (reply.ok) resolve(reply.value);
        else reject(new PeerloomError(reply.error.code, reply.error.message));
      };
      const late: Reply = { ok: false, error: { code: "TIMEOUT", message: `another node did not answer within ${timeoutMs} ms` } };
      const timer = setTimeout(() => settle(late), timeoutMs).unref();
      this.#open.set(call, { node, settle, timer });
      this.#options.send(node, { type: "ask", call, question, body });
    });
  }

  /** Answers another node. */
  async asked(node: string, call: number, question: string, body: unknown): Promise<void> {
    const { handlers, send, failed } = this.#options;
    let reply: Reply;
    try {
      if (!Object.hasOwn(handlers, question)) throw new PeerloomError("BAD_REQUEST", `this node cannot answer "${question}"`);
      reply = { ok: true, value: await handlers[question]?.(body, node) };
    } catch (thrown) {
      if (!PeerloomError.is(thrown)) failed(thrown);
      reply = { ok: false, error: toWireError(thrown) };
    }
    send(node, { type: "answer", call, reply });
  }

  answered(node: string, call: number, answer: unknown): void {
    const open = this.#open.get(call);
    if (open?.node !== node) return;
    open.settle(parseReply(answer) ?? { ok: false, error: { code: "BAD_REQUEST", message: "another node gave no proper answer" } });
  }

  /** Ends what only this node, or, without one, what anyone could answer. */
  end(node?: string): void {
    for (const open of [...this.#open.values()]) if (node === undefined || open.node === node) open.settle(lost);
  }
}
