import { CHAT } from "@peerloom/app-chat-wire";
import { PeerloomError, type Client } from "@peerloom/client";
import { Cells } from "../cell.ts";
import type { Quality } from "../model/quality.ts";
import type { Session } from "./session.ts";

const periodMs = 5000;
const timeoutMs = 4000;
/** In a large room only so many people are measured at a time. */
const maxMeasured = 8;

/** How the way to each person in the room is: measured by asking for nothing. */
export class Qualities {
  readonly cells: Cells<Quality | undefined> = new Cells<Quality | undefined>(undefined);
  readonly #open: () => string;
  #turn = 0;

  /** `open` tells whose conversation is shown: that person is measured first. */
  constructor(open: () => string) {
    this.#open = open;
  }

  attach = (session: Session): void => {
    const { client, signal } = session;
    client.onAny(CHAT.ping, () => null, { signal });
    client.on("path", ({ id }) => void this.#measure(client, id, signal), { signal });
    const timer = setInterval(() => {
      if (client.state === "online" && !document.hidden) this.#measureSome(session);
    }, periodMs);
    signal.addEventListener("abort", () => {
      clearInterval(timer);
      this.cells.clear();
    });
    this.#measureSome(session);
  };

  #measureSome({ client, room, signal }: Session): void {
    const here = [...room.members.values()].filter(({ state }) => state === "here").map(({ id }) => id);
    const open = this.#open();
    const first = here.filter((id) => id === open);
    const others = here.filter((id) => id !== open);
    const count = Math.min(maxMeasured, others.length);
    const turn = Array.from({ length: count }, (_, n) => others[(this.#turn + n) % others.length] ?? "");
    this.#turn += count;
    for (const id of new Set([...first, ...turn])) void this.#measure(client, id, signal);
  }

  async #measure(client: Client, id: string, signal: AbortSignal): Promise<void> {
    const start = performance.now();
    try {
      await client.remote(id).with({ timeoutMs, signal }).emitWithAck(CHAT.ping);
    } catch (thrown) {
      // A program that does not know this question has answered too.
      if (!PeerloomError.is(thrown, "NO_HANDLER")) return this.cells.at(id).set(undefined);
    }
    this.cells.at(id).set({ path: client.remote(id).path, roundTripMs: performance.now() - start, loss: undefined });
  }
}
