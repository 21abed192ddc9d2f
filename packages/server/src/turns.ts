import type { Connection } from "./line.ts";

/** Messages of one connection that are handled before all others have their turn. */
const quantum = 64;

/** The parts of engine.io and `ws` that are not among their types. */
interface Internals {
  readonly transport?: { readonly socket?: { readonly _receiver?: { _allowSynchronousEvents?: boolean } } };
}

/**
 * Has connections take turns. A read of a socket brings up to 64 KiB, which can be a thousand small messages, and all of them would be handled
 * before anybody else is served. `ws` can hand on a message in a turn of its own; it is told to when a connection has had its share of this one.
 */
export class Turns {
  #turn = 0;
  #isScheduled = false;

  /** What to call for each message of a connection, before it is handled. */
  of(connection: Connection): () => void {
    let turn = -1;
    let messages = 0;
    return () => {
      if (turn !== this.#turn) {
        turn = this.#turn;
        messages = 0;
        this.#schedule();
      }
      messages += 1;
      // Set anew each time: a connection may have changed its transport, and the next turn begins with this one's last setting.
      if (messages === 1 || messages === quantum) letGoOn(connection, messages < quantum);
    };
  }

  /** A turn ends when everything was read that there was to read. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#turn += 1;
    });
  }
}

/** Whether the next message that was read already is handed on at once, or in a turn of its own. */
function letGoOn(connection: Connection, isAtOnce: boolean): void {
  const receiver = (connection as unknown as Internals).transport?.socket?._receiver;
  if (typeof receiver?._allowSynchronousEvents === "boolean") receiver._allowSynchronousEvents = isAtOnce;
}
