import type { ListenOptions, OpenStreamOptions, Port, Remote, Unsubscribe } from "@peerloom/core";
import type { DuplexLike, DuplexOptions } from "../streams/duplex.ts";
import type { TypedStreamHandler } from "../streams/typed.ts";
import { checkCallback } from "./callbacks.ts";
import { parseConnectionInfo, type ConnectionInfo } from "./connection-info.ts";
import { MULTI_API_CREATE_STREAM } from "./names.ts";
import { quietly } from "./services.ts";
import { StreamIds } from "./stream-ids.ts";

/** The part of a Duplex that is used here; Node's has it, and `readable-stream`'s. */
export interface Streamable extends DuplexLike {
  on(event: string, listener: (error: { readonly code?: unknown }) => void): unknown;
  listenerCount(event: string): number;
}

/** How streams become Duplexes: the two functions of `@peerloom/session/node`, or of an entry like it. */
export interface Duplexes<D extends Streamable> {
  openDuplex(remote: Remote, name: string, options?: OpenStreamOptions & DuplexOptions): Promise<D>;
  onDuplex(port: Port, name: string, handler: TypedStreamHandler<D>, options?: ListenOptions & DuplexOptions): Unsubscribe;
}

export interface P2pStreamOptions extends DuplexOptions {
  /** This side's name of the stream. @defaultValue random */
  readonly sourceStreamId?: string;
  /** The other side's name of the stream. @defaultValue random */
  readonly targetStreamId?: string;
  /** Stops waiting for the other side; the promise rejects with `ABORTED`. */
  readonly signal?: AbortSignal;
  /** How long the other side may take to accept, in milliseconds. @defaultValue as for requests */
  readonly timeoutMs?: number;
}

/** A Duplex that knows its connection, as seen from its own side. */
export type P2pStream<D> = D & ConnectionInfo;

/** Takes a stream; throws, before it returns, to refuse it. */
export type P2pStreamCallback<D> = (duplex: P2pStream<D>, connectionInfo: ConnectionInfo) => unknown;

/** What `addP2pStream` calls instead of settling a promise. */
export type AddedStreamCallback<D> = (error: unknown, duplex?: P2pStream<D>) => void;

/** The Stream API. */
export interface StreamApi<D> {
  /**
   * Asks a client for a stream; resolves to a Duplex when it is accepted.
   *
   * @throws PeerloomError `PEER_NOT_FOUND`, `NO_HANDLER` when the client takes no streams, `HANDLER_ERROR` or the callback's own code when it
   *   refused, `TIMEOUT`, `ABORTED`; TypeError when a stream with that client has this id already.
   */
  addP2pStream(targetClientId: string, options?: P2pStreamOptions): Promise<P2pStream<D>>;
  addP2pStream(targetClientId: string, callback: AddedStreamCallback<D>): void;
  addP2pStream(targetClientId: string, options: P2pStreamOptions | undefined, callback: AddedStreamCallback<D>): void;
  /** Takes the streams that others ask for; a later callback replaces an earlier one. @returns stops that. */
  onAddP2pStream(callback: P2pStreamCallback<D>, options?: DuplexOptions): Unsubscribe;
  onAddP2pStream(options: DuplexOptions | undefined, callback: P2pStreamCallback<D>): Unsubscribe;
}

export interface StreamHost {
  readonly port: Port;
  /** This side's id. */
  readonly id: () => string;
  /** The other end of a stream: it is to be told of when it is gone. */
  readonly partner: (id: string) => void;
  /** A stream failed and nobody listens to that. */
  readonly report: (error: unknown) => void;
}

/** What ends a stream when its other end is destroyed or gone, of which the program hears otherwise. */
const endCodes: ReadonlySet<unknown> = new Set(["ABORTED", "CLOSED", "PEER_LOST", "PEER_RESTARTED"]);

/** Makes the Stream API. */
export function createStreams<D extends Streamable>(duplexes: Duplexes<D>, host: StreamHost): StreamApi<D> {
  const ids = new StreamIds();
  let off: Unsubscribe = () => {};

  const begin = (duplex: D, info: ConnectionInfo): P2pStream<D> => {
    host.partner(info.targetClientId);
    duplex.on("close", () => ids.release(info));
    return Object.assign(duplex, info);
  };
  /** A stream that fails must not end a program that does not listen to its errors. */
  const guard = (duplex: D): D => {
    duplex.on("error", (error) => {
      if (duplex.listenerCount("error") === 1 && !endCodes.has(error.code)) host.report(error);
    });
    return duplex;
  };

  const add = async (target: string, { sourceStreamId, targetStreamId, ...options }: P2pStreamOptions): Promise<P2pStream<D>> => {
    const info: ConnectionInfo = {
      sourceStreamId: sourceStreamId ?? crypto.randomUUID(),
      targetStreamId: targetStreamId ?? crypto.randomUUID(),
      sourceClientId: host.id(),
      targetClientId: target,
    };
    ids.claim(info);
    try {
      return begin(
        guard(await duplexes.openDuplex(host.port.remote(target), MULTI_API_CREATE_STREAM, { ...options, metadata: info })),
        info,
      );
    } catch (thrown) {
      ids.release(info);
      throw thrown;
    }
  };

  const take = (callback: P2pStreamCallback<D>, options: DuplexOptions): Unsubscribe => {
    checkCallback(callback, "the callback of onAddP2pStream");
    off();
    const handler: TypedStreamHandler<D> = (duplex, { from, metadata }) => {
      guard(duplex);
      const info = parseConnectionInfo(metadata, from, host.id());
      ids.claim(info);
      return callback(begin(duplex, info), info);
    };
    return (off = duplexes.onDuplex(host.port, MULTI_API_CREATE_STREAM, handler, options));
  };

  return {
    addP2pStream: ((target: string, ...rest: readonly (P2pStreamOptions | AddedStreamCallback<D> | undefined)[]) => {
      const options = rest.find((value) => typeof value === "object");
      const callback = rest.find((value) => typeof value === "function");
      const added = add(target, options ?? {});
      if (callback === undefined) return quietly(added);
      return void callBack(added, callback).catch(host.report);
    }) as StreamApi<D>["addP2pStream"],
    onAddP2pStream: (first?: DuplexOptions | P2pStreamCallback<D>, second?: DuplexOptions | P2pStreamCallback<D>) => {
      const [callback, options] = typeof first === "function" ? [first, second] : [second, first];
      return take(callback as P2pStreamCallback<D>, (options ?? {}) as DuplexOptions);
    },
  };
}

async function callBack<D>(added: Promise<P2pStream<D>>, callback: AddedStreamCallback<D>): Promise<void> {
  let duplex: P2pStream<D>;
  try {
    duplex = await added;
  } catch (thrown) {
    return callback(thrown);
  }
  callback(undefined, duplex);
}
