import { deferred, PeerloomError, toWireError, type Deferred, type InternalPort, type MessageContext } from "@peerloom/core";
import { CallContext, type ServiceContext } from "./context.ts";
import { IncomingValues } from "./incoming-values.ts";
import type { MethodTable } from "./methods.ts";
import type { StreamOffers } from "./stream-offers.ts";
import { isStream } from "./values.ts";
import { CALL_REQUEST, errorAnswer, parseCall, streamAnswer, valueAnswer, VALUES_STREAM, type Call } from "./wire.ts";

/** Answers the calls that others make of the services offered here. */
export class ServiceHost {
  readonly #port: InternalPort;
  readonly #offers: StreamOffers;
  readonly #services = new Map<string, MethodTable>();
  readonly #callers = new Set<string>();
  #running = 0;
  #idle: Deferred<void> | undefined;

  constructor(port: InternalPort, offers: StreamOffers) {
    this.#port = port;
    this.#offers = offers;
    port.handleInternal(CALL_REQUEST, (args, context) => this.#answer(args, context));
    port.onGone(({ id }) => this.#callers.delete(id));
  }

  /** Who has called, and is still there. */
  get callers(): readonly string[] {
    return [...this.#callers];
  }

  /** Resolves when no call of others is being handled. */
  async idle(): Promise<void> {
    if (this.#running > 0) await (this.#idle ??= deferred<void>()).promise;
  }

  has(service: string): boolean {
    return this.#services.has(service);
  }

  add(service: string, methods: MethodTable): void {
    this.#services.set(service, methods);
  }

  /** From now on calls are answered with `NO_PROVIDER`; those that have begun go on. */
  remove(service: string): void {
    this.#services.delete(service);
  }

  clear(): void {
    this.#services.clear();
    this.#callers.clear();
  }

  /** Calls a method of a service offered here. @throws PeerloomError `NO_PROVIDER`, `NO_METHOD`; what the method throws. */
  invoke({ service, method }: Pick<Call, "service" | "method">, args: readonly unknown[], context: ServiceContext): unknown {
    return this.#methodOf(service, method)(...args, context);
  }

  #methodOf(service: string, method: string): (...args: unknown[]) => unknown {
    const methods = this.#services.get(service);
    if (methods === undefined) throw new PeerloomError("NO_PROVIDER", `${JSON.stringify(service)} is not offered here`);
    const run = methods.get(method);
    if (run === undefined) throw new PeerloomError("NO_METHOD", `${JSON.stringify(service)} has no method ${JSON.stringify(method)}`);
    return run;
  }

  /** What it throws says that the call did not begin; what the method throws is an answer. */
  #answer(args: readonly unknown[], request: MessageContext): unknown {
    const call = parseCall(args);
    if (call === undefined) throw new PeerloomError("BAD_REQUEST", "this is no call");
    this.#callers.add(request.from);
    const run = this.#methodOf(call.service, call.method);
    const context = new CallContext(request.from, call.timeoutMs, request);
    for (const [index, token] of call.streams) call.args[index] = this.#incoming(request.from, token, context);
    this.#running += 1;
    try {
      // One argument is the most frequent case.
      const result = call.args.length === 1 ? run(call.args[0], context) : run(...call.args, context);
      if (!isThenable(result)) return this.#succeed(result, context);
      return result.then(
        (value) => this.#succeed(value, context),
        (thrown: unknown) => this.#fail(thrown, context),
      );
    } catch (thrown) {
      return this.#fail(thrown, context);
    }
  }

  #succeed(value: unknown, context: CallContext): unknown {
    this.#finished();
    if (!isStream(value)) {
      context.end();
      return valueAnswer(value);
    }
    try {
      const token = this.#offers.offer(context.from, value, (reason) => context.end(reason));
      context.streams();
      return streamAnswer(token);
    } catch (thrown) {
      context.end();
      return errorAnswer(toWireError(thrown));
    }
  }

  #fail(thrown: unknown, context: CallContext): unknown {
    this.#finished();
    context.end();
    return errorAnswer(toWireError(thrown));
  }

  #finished(): void {
    this.#running -= 1;
    if (this.#running > 0) return;
    this.#idle?.resolve();
    this.#idle = undefined;
  }

  #incoming(from: string, token: number, context: CallContext): IncomingValues {
    return new IncomingValues(async () => {
      const stream = await this.#port.openStreamTo(from, VALUES_STREAM, { metadata: token });
      const stop = (): void => stream.destroy(context.signal.reason);
      if (context.signal.aborted) stop();
      else context.signal.addEventListener("abort", stop, { once: true });
      return stream;
    });
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && typeof (value as Partial<PromiseLike<unknown>>).then === "function";
}
