import type { Connection, Line } from "./line.ts";

/** Messages of one connection that are handled before all others have their turn. */
const quantum = 64;
/** Messages of one connection after which it is looked whether the turn has ended: for one that says little, each would cost as much as it does. */
const lookAfter = 16;

/** The parts of engine.io and `ws` that are not among their types. */
interface Internals {
  readonly transport?: { readonly socket?: { readonly _receiver?: { _allowSynchronousEvents?: boolean } } };
}

/**
 * Has connections take turns. A read of a socket brings up to 64 KiB, which can be a thousand small messages, and all of them would be handled
 * before anybody else is served. `ws` can hand on a message in a turn of its own; it is told to when a connection has had its share of this one.
 */
export class Turns {
  #turn = 1;
  #isScheduled = false;

  /** A message has come over a connection, and was not handled yet. */
  took(line: Line): void {
    if (line.turn !== this.#turn) {
      line.turn = this.#turn;
      line.turnMessages = 0;
    }
    line.turnMessages += 1;
    if (line.turnMessages === lookAfter) this.#schedule();
    // Set anew each time: a connection may have changed its transport, and the next turn begins with this one's last setting.
    if (line.turnMessages === 1 || line.turnMessages === quantum) letGoOn(line.connection, line.turnMessages < quantum);
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
