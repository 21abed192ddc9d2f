import { createRelay, type RelayServer } from "../create-relay.ts";
import type { RelayServerOptions } from "../server-options.ts";
import type { PlainSignalingEvents } from "./events.ts";
import type { PlainSignalingOptions } from "./options.ts";
import type { PlainSignaling } from "./plain-signaling.ts";

/** Options of a server that does nothing but plain signaling. */
export interface SignalingServerOptions
  extends Pick<RelayServerOptions, "host" | "path" | "origins" | "requestHandler" | "warn">, PlainSignalingOptions {
  /** TCP port, as a number or a text; 0 takes any free one. @defaultValue 8080 */
  readonly port?: number | string | undefined;
}

type Listener<K extends keyof PlainSignalingEvents> = (...args: PlainSignalingEvents[K]) => void;

/**
 * A server by which front ends with nothing but socket.io-client find each other and exchange descriptions. It serves no other client: a
 * relay with the option `plainSignaling` serves both.
 */
export class SignalingServer implements AsyncDisposable {
  readonly #relay: RelayServer;
  readonly #plain: PlainSignaling;

  /** Does nothing before `run`. @throws TypeError or RangeError naming the wrong option. */
  constructor({ port = 8080, host, path, origins, requestHandler, warn, ...plainSignaling }: SignalingServerOptions = {}) {
    this.#relay = createRelay({
      port: typeof port === "string" && /^\d{1,5}$/.test(port) ? Number(port) : (port as number),
      host,
      path,
      origins,
      requestHandler,
      warn,
      plainSignaling,
      authenticate: () => false,
    });
    this.#plain = this.#relay.plainSignaling as PlainSignaling;
  }

  /** The ids of the sockets that are connected. */
  get peers(): readonly string[] {
    return this.#plain.peers;
  }

  on<K extends keyof PlainSignalingEvents>(name: K, listener: Listener<K>): this {
    (this.#plain.on as (name: K, listener: Listener<K>) => unknown).call(this.#plain, name, listener);
    return this;
  }

  once<K extends keyof PlainSignalingEvents>(name: K, listener: Listener<K>): this {
    (this.#plain.once as (name: K, listener: Listener<K>) => unknown).call(this.#plain, name, listener);
    return this;
  }

  off<K extends keyof PlainSignalingEvents>(name: K, listener: Listener<K>): this {
    (this.#plain.off as (name: K, listener: Listener<K>) => unknown).call(this.#plain, name, listener);
    return this;
  }

  /**
   * Starts to listen. `callback` and the promise get the port.
   *
   * @throws PeerloomError `PORT_TAKEN` when another program listens there, `CLOSED` when it was closed before; RangeError when port or host cannot be used.
   */
  async run(callback?: (port: number) => void): Promise<number> {
    const { port } = await this.#relay.listen();
    callback?.(port);
    return port;
  }

  /** Closes all connections and the server, and leaves the process to its program. Idempotent; never rejects. */
  async close(callback?: () => void): Promise<void> {
    await this.#relay.close();
    callback?.();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
