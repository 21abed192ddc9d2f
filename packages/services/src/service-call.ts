/** A call of a method: a promise of its result that also knows its provider, and can be iterated when the result is streamed. */
export interface ServiceCall<T> extends Promise<T> {
  /** The id of the provider that answered, or was asked last; undefined before one was chosen. */
  readonly provider: string | undefined;
}

/** A call of a method with streamed results: iterate it, or await it to get the stream. */
export interface ServiceStream<T> extends ServiceCall<AsyncIterableIterator<T>>, AsyncIterable<T> {}

/** A call as the caller makes it. */
export interface OpenCall extends Promise<unknown> {
  provider: string | undefined;
  [Symbol.asyncIterator]: (this: Promise<unknown>) => AsyncIterator<unknown>;
}

/** Gives a promise what a call has beyond one. */
export function toServiceCall(promise: Promise<unknown>): OpenCall {
  const call = promise as OpenCall;
  call.provider = undefined;
  call[Symbol.asyncIterator] = iterateResult;
  return call;
}

/** Iterates what the promise resolves to. */
function iterateResult(this: Promise<unknown>): AsyncIterator<unknown> {
  // Each `next` tells the error.
  this.catch(() => {});
  let source: Promise<AsyncIterator<unknown>> | undefined;
  const open = (): Promise<AsyncIterator<unknown>> => (source ??= this.then(toIterator));
  return {
    next: async () => (await open()).next(),
    return: async () => {
      const iterator = await open().catch(() => undefined);
      return (await iterator?.return?.()) ?? { done: true, value: undefined };
    },
  };
}

function toIterator(result: unknown): AsyncIterator<unknown> {
  if (typeof result !== "object" || result === null || !(Symbol.asyncIterator in result))
    throw new TypeError("this method's result is a value, not a stream: await it");
  return (result as AsyncIterable<unknown>)[Symbol.asyncIterator]();
}
