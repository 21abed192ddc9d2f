import { PeerloomError, type MessageContext, type Port, type Remote } from "@peerloom/core";
import { askAll, callAll, splitAck, type Callback } from "./callbacks.ts";
import { Listeners } from "./listeners.ts";
import { unpackValues } from "./values.ts";

/** Listeners of what one client sends. They are removed when it is gone. */
export interface FromClient {
  on(event: string, callback: Callback): FromClient;
  once(event: string, callback: Callback): FromClient;
  /** Removes a listener, or all of the event, or all of this client. */
  off(event?: string, callback?: Callback): FromClient;
}

/** The functions of the Message API that clients and the relay have in common. */
export interface MessageApi {
  /**
   * Sends an event to a client. A function behind the arguments is called with what the other side acknowledges; what fails goes to
   * the listeners of `SERVER_ERROR`.
   *
   * @returns false when more than the high-water mark is waiting.
   * @throws TypeError when an argument cannot be carried; PeerloomError `OVERFLOW`, `CLOSED`.
   */
  readonly emitTo: (targetClientId: string, event: string, ...args: unknown[]) => boolean;
  /** Listens to an event of anyone: called with its arguments, and an acknowledge function when the sender passed one. */
  onAny(event: string, callback: Callback): void;
  onceAny(event: string, callback: Callback): void;
  /** Removes a listener, or all of the event, or all that `onAny` and `onceAny` added. */
  offAny(event?: string, callback?: Callback): void;
  /** Listens to one client only. */
  from(clientId: string): FromClient;
}

const maxRemotes = 1024;

/** Messages with acknowledge functions, over a port. */
export class Messages {
  readonly api: MessageApi;
  readonly #port: Port;
  readonly #report: (error: unknown) => void;
  readonly #listeners: Listeners;
  readonly #remotes = new Map<string, Remote>();

  /** `report` is told of what fails while nobody waits for it. */
  constructor(port: Port, report: (error: unknown) => void) {
    this.#port = port;
    this.#report = report;
    this.#listeners = new Listeners((event) => port.onAny(event, (...args: unknown[]) => this.#received(event, args)));
    port.onGone(({ id }) => {
      this.#listeners.remove(id);
      this.#remotes.delete(id);
    });
    this.api = {
      emitTo: (id, event, ...args) => this.#emitTo(id, event, args),
      onAny: (event, callback) => this.#listeners.add(event, callback),
      onceAny: (event, callback) => this.#listeners.add(event, callback, { isOnce: true }),
      offAny: (event, callback) => this.#listeners.remove(undefined, event, callback),
      from: (id) => this.#from(id),
    };
  }

  /** How many listeners there are. */
  get listeners(): number {
    return this.#listeners.size;
  }

  /** Hands an event, or a request, to the listeners it is due to. @throws PeerloomError `NO_HANDLER` when nobody listens to a request. */
  deliver(from: string, event: string, args: readonly unknown[], isRequest: boolean): unknown {
    const callbacks = this.#listeners.take(from, event);
    if (!isRequest) return callAll(callbacks, args);
    if (callbacks.length === 0)
      throw new PeerloomError("NO_HANDLER", `nobody listens to ${JSON.stringify(event)} of ${JSON.stringify(from)}`);
    return askAll(callbacks, args);
  }

  #received(event: string, args: unknown[]): unknown {
    const context = args.pop() as MessageContext;
    return this.deliver(context.from, event, args, isRequest(context));
  }

  #emitTo(id: string, event: string, given: readonly unknown[]): boolean {
    const [args, ack] = splitAck(given);
    const remote = this.#remotes.get(id) ?? this.#remoteOf(id);
    if (ack === undefined) return remote.emit(event, ...args);
    const answer = remote.emitWithAck(event, ...args);
    void answer.then((value) => ack(...unpackValues(value))).catch(this.#report);
    return true;
  }

  /** Programs send much to few. */
  #remoteOf(id: string): Remote {
    const remote = this.#port.remote(id);
    if (this.#remotes.size >= maxRemotes) this.#remotes.clear();
    this.#remotes.set(id, remote);
    return remote;
  }

  #from(from: string): FromClient {
    this.#port.remote(from);
    const handle: FromClient = {
      on: (event, callback) => {
        this.#listeners.add(event, callback, { from });
        return handle;
      },
      once: (event, callback) => {
        this.#listeners.add(event, callback, { from, isOnce: true });
        return handle;
      },
      off: (event, callback) => {
        this.#listeners.remove(from, event, callback);
        return handle;
      },
    };
    return handle;
  }
}

/** Requests have a signal, events have none. */
export function isRequest(context: MessageContext): boolean {
  return "signal" in context;
}
