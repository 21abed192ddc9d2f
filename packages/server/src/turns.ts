import type { AddressRow } from "./addresses.ts";
import type { Connection, Line } from "./line.ts";
import type { RawWebSocket } from "./tap.ts";

/** Messages of one connection that are handled before all others have their turn. */
const quantum = 64;
/** The same for all connections of one address. */
const addressQuantum = 24;
/** Messages after which it is looked whether the turn has ended: for who says little, each would cost as much as it does. */
const lookAfter = 16;
/** What a handshake is, in messages: a connection, a session, and a client. */
export const handshakeWeight = 8;

/** The part of an engine.io connection that is not among its types. */
interface Internals {
  readonly transport?: { readonly socket?: RawWebSocket };
}

/** Something that waits until its address has its next turn. */
interface Waiting {
  readonly row: AddressRow;
  readonly go: () => void;
}

/**
 * Has connections take turns, and addresses. A read of a socket brings up to 64 KiB, which can be a thousand small messages, and all of them would be handled
 * before anybody else is served. `ws` can hand on a message in a turn of its own; it is told to when a connection has had its share of this one. When an
 * address has had its share, its connections wait for the next.
 */
export class Turns {
  #turn = 1;
  #isScheduled = false;
  readonly #waiting = new Set<Waiting>();

  /** What waits for the next turn. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** A message has come over a connection, and was not handled yet. */
  took(line: Line): void {
    // The first one wants to be let in.
    const weight = line.turn === 0 ? handshakeWeight : 1;
    if (line.turn !== this.#turn) {
      line.turn = this.#turn;
      line.turnMessages = 0;
    }
    line.turnMessages += 1;
    if (line.turnMessages === lookAfter) this.#schedule();
    // Set anew each time: a connection may have changed its transport, and the next turn begins with this one's last setting.
    if (line.turnMessages === 1 || line.turnMessages === quantum) letGoOn(line.connection, line.turnMessages < quantum);
    const { row } = line;
    if (row === undefined || this.#charge(row, weight)) return;
    if (line.hold("turn")) this.#wait({ row, go: () => line.letGo("turn") });
  }

  /** Runs what an address has asked for, at once or in one of the next turns. */
  whenMay(row: AddressRow | undefined, weight: number, run: () => void): void {
    if (row === undefined || this.#charge(row, weight)) return run();
    this.#wait({ row, go: () => this.whenMay(row, weight, run) });
  }

  /** Has the address something left of this turn? Then the weight is charged to it. */
  #charge(row: AddressRow, weight: number): boolean {
    if (!this.#hasShare(row)) return false;
    row.turnWeight += weight;
    if (row.turnWeight >= lookAfter) this.#schedule();
    return true;
  }

  #hasShare(row: AddressRow): boolean {
    if (row.turn !== this.#turn) {
      row.turn = this.#turn;
      row.turnWeight = 0;
    }
    return row.turnWeight < addressQuantum;
  }

  #wait(waiting: Waiting): void {
    this.#waiting.add(waiting);
    this.#schedule();
  }

  /** A turn ends when everything was read that there was to read. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => this.#next());
  }

  #next(): void {
    this.#isScheduled = false;
    this.#turn += 1;
    // Whoever had its share again already waits at the end.
    for (const waiting of [...this.#waiting]) {
      if (!this.#hasShare(waiting.row)) continue;
      this.#waiting.delete(waiting);
      waiting.go();
    }
    if (this.#waiting.size > 0) this.#schedule();
  }
}

/** Whether the next message that was read already is handed on at once, or in a turn of its own. */
function letGoOn(connection: Connection, isAtOnce: boolean): void {
  const receiver = (connection as unknown as Internals).transport?.socket?._receiver;
  if (typeof receiver?._allowSynchronousEvents === "boolean") receiver._allowSynchronousEvents = isAtOnce;
}
