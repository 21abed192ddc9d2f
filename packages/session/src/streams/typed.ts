import type {
  ListenOptions,
  MessageContext,
  OpenStreamOptions,
  PeerStream,
  Port,
  Remote,
  StreamHandler,
  Unsubscribe,
} from "@peerloom/core";

/** What a handler is told of a stream that has become something else. */
export interface StreamContext extends MessageContext {
  /** The name the stream was opened under. */
  readonly name: string;
  /** What its opener said about it. */
  readonly metadata: unknown;
}

/** Takes what a stream became. */
export type TypedStreamHandler<S> = (stream: S, context: StreamContext) => unknown;

/** Opens a stream and turns it into something else. */
export async function openAs<S, O>(
  turn: (stream: PeerStream, options: O) => S,
  remote: Remote,
  name: string,
  options: O & OpenStreamOptions,
): Promise<S> {
  return turn(await remote.openStream(name, options), options);
}

/** Takes streams and turns them into something else. */
export function takeAs<S, O>(
  turn: (stream: PeerStream, options: O) => S,
  port: Port,
  name: string,
  handler: TypedStreamHandler<S>,
  options: O & ListenOptions,
): Unsubscribe {
  const take: StreamHandler = (stream, { from }) => {
    const { metadata } = stream;
    return handler(turn(stream, options), { from, name, metadata });
  };
  return port.onStream(name, take, options);
}
