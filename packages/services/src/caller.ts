import { PeerloomError, toWireError, type InternalPort, type WaitOptions } from "@peerloom/core";
import type { Provider } from "@peerloom/protocol";
import { CallContext } from "./context.ts";
import type { ServiceDirectory } from "./directory.ts";
import { IncomingValues } from "./incoming-values.ts";
import { Introductions } from "./introductions.ts";
import { ProviderLists } from "./provider-lists.ts";
import type { Choice } from "./provider-table.ts";
import { toServiceCall } from "./service-call.ts";
import type { ServiceHost } from "./service-host.ts";
import type { StreamOffers } from "./stream-offers.ts";
import { until } from "./until.ts";
import { isStream } from "./values.ts";
import { CALL_REQUEST, encodeCall, parseAnswer, remoteError, VALUES_STREAM } from "./wire.ts";

export interface CallerOptions {
  readonly port: InternalPort;
  readonly directory: ServiceDirectory;
  readonly host: ServiceHost;
  readonly offers: StreamOffers;
}

/** What a call is made of, however often it is tried. */
interface Call {
  readonly service: string;
  readonly method: string;
  readonly args: readonly unknown[];
  readonly choice: Choice;
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number;
  /** When the time is over, in milliseconds since 1970. */
  readonly end: number;
  /** Indices of the arguments that are streams. */
  readonly streams: readonly number[];
  /** Tells who is asked. */
  readonly asks: (provider: string) => void;
}

/** Options of a service's handle: they hold for each call. */
export interface CallOptions extends WaitOptions, Choice {}

const noStreams: readonly number[] = [];
const noTokens: number[] = [];
const noOffers: readonly (readonly [number, number])[] = [];

/** Failures by which a provider says that a call did not begin there. */
const notBegun: ReadonlySet<string> = new Set(["BUSY", "LIMIT", "NO_HANDLER", "NO_PROVIDER"]);

/** Calls services: picks a provider for each call, and another one when the call surely did not begin, or may begin twice. */
export class Caller {
  readonly #options: CallerOptions;
  readonly #introductions: Introductions;
  readonly #lists: ProviderLists;

  constructor(options: CallerOptions) {
    this.#options = options;
    this.#introductions = new Introductions(options.port);
    this.#lists = new ProviderLists(options.directory);
  }

  /** Calls a method; see `Services.service` for what the promise rejects with. */
  call(service: string, method: string, args: readonly unknown[], { signal, timeoutMs = Infinity, ...choice }: CallOptions): unknown {
    let provider: string | undefined;
    let call: { provider: string | undefined } | undefined;
    const asks = (id: string): void => {
      provider = id;
      if (call !== undefined) call.provider = id;
    };
    const end = timeoutMs === Infinity ? Infinity : Date.now() + timeoutMs;
    const streams = streamsAmong(args);
    const promise = this.#run({ service, method, args, choice, signal, timeoutMs, end, streams, asks });
    return (call = toServiceCall(promise, provider));
  }

  close(error: PeerloomError): void {
    this.#lists.close(error);
  }

  /** One async function around the way to the wire: each more would cost a call a promise and three turns of the microtask queue. */
  async #run(call: Call): Promise<unknown> {
    const list = this.#lists.take(call.service);
    try {
      if (!list.isReady) await until(list.ready, left(call), `looking for providers of ${JSON.stringify(call.service)}`);
      let tried: Set<string> | undefined;
      let mayHaveBegun = false;
      for (let failure: unknown; ;) {
        const provider = list.table.choose(this.#options.directory.hostId, call.choice, tried);
        if (provider === undefined)
          throw failure === undefined || (isAbsence(failure) && !mayHaveBegun) ? noProvider(call, failure) : failure;
        call.asks(provider.id);
        if (provider.id === this.#options.port.id) return await this.#runHere(call);
        failure = this.#introductions.has(provider.id) ? undefined : await this.#introduce(call, provider.id);
        if (failure === undefined) {
          const outcome = await this.#ask(call, provider, tried !== undefined);
          if (!(outcome instanceof Failure)) return outcome.value;
          failure = outcome.error;
          if (!outcome.mayTryAnother) throw failure;
          mayHaveBegun ||= !PeerloomError.is(failure) || !failure.remote;
          if (isAbsence(failure)) list.table.failed(provider.id);
        } else list.table.failed(provider.id);
        tried = (tried ?? new Set<string>()).add(provider.id);
      }
    } finally {
      this.#lists.release(list);
    }
  }

  /** @returns why the provider cannot be reached. @throws PeerloomError when the caller does not want to wait any longer. */
  async #introduce(call: Call, id: string): Promise<unknown> {
    const hello = this.#introductions.introduce(id).then(
      () => undefined,
      (error: unknown) => error ?? new PeerloomError("PEER_NOT_FOUND", `${JSON.stringify(id)} cannot be reached`),
    );
    return until(hello, left(call), `reaching ${JSON.stringify(id)}`);
  }

  async #ask(call: Call, provider: Provider, isAgain: boolean): Promise<{ readonly value: unknown } | Failure> {
    const { port } = this.#options;
    const { service, method, signal } = call;
    const timeoutMs = isAgain ? leftMs(call) : call.timeoutMs;
    const hasStreams = call.streams !== noStreams;
    const tokens: number[] = hasStreams ? [] : noTokens;
    try {
      const { args, streams } = hasStreams ? this.#offer(call, provider.id, tokens) : { args: call.args as unknown[], streams: noOffers };
      const wireTimeoutMs = timeoutMs === Infinity ? 0 : Math.max(1, Math.round(timeoutMs));
      const body = encodeCall({ service, method, timeoutMs: wireTimeoutMs, args, streams });
      const wait = signal === undefined ? { timeoutMs } : { timeoutMs, signal };
      const answer = parseAnswer(await port.requestInternal(provider.id, CALL_REQUEST, body, wait));
      if (answer?.is === "value") {
        if (hasStreams) this.#withdraw(tokens, new PeerloomError("ABORTED", "the call is over"));
        return answer;
      }
      // Arguments may be read for as long as the results are: those that are not expire by themselves.
      if (answer?.is === "stream") return { value: this.#results(provider.id, answer.token, signal) };
      const error = answer?.error ?? new PeerloomError("PROTOCOL_ERROR", `${JSON.stringify(provider.id)} gave an answer that is none`);
      this.#withdraw(tokens, error);
      return new Failure(error, false);
    } catch (error) {
      this.#withdraw(tokens, error);
      return new Failure(error, mayTryAnother(error, call, provider));
    }
  }

  #withdraw(tokens: readonly number[], reason: unknown): void {
    for (const token of tokens) this.#options.offers.withdraw(token, reason);
  }

  #offer({ args, streams }: Call, to: string, tokens: number[]): { args: unknown[]; streams: (readonly [number, number])[] } {
    const sent = [...args];
    const offered = streams.map((index) => {
      const token = this.#options.offers.offer(to, args[index] as object);
      tokens.push(token);
      sent[index] = null;
      return [index, token] as const;
    });
    return { args: sent, streams: offered };
  }

  #results(from: string, token: number, signal: AbortSignal | undefined): IncomingValues {
    return new IncomingValues(() =>
      this.#options.port.openStreamTo(from, VALUES_STREAM, { metadata: token, highWaterMark: 65_536, ...(signal && { signal }) }),
    );
  }

  /** A service that is offered here: the same outcome, without the wire. */
  async #runHere(call: Call): Promise<unknown> {
    const wait = left(call);
    const abort = new AbortController();
    const context = new CallContext(this.#options.port.id, call.timeoutMs === Infinity ? 0 : call.timeoutMs, abort);
    const work = async (): Promise<unknown> => {
      try {
        return await this.#options.host.invoke(call, call.args, context);
      } catch (thrown) {
        const { code, message } = toWireError(thrown);
        throw remoteError(code, message);
      }
    };
    try {
      return await until(work(), wait, `the call of ${JSON.stringify(call.method)}`);
    } catch (thrown) {
      abort.abort(thrown);
      throw thrown;
    }
  }
}

/** A try that failed. */
class Failure {
  readonly error: unknown;
  readonly mayTryAnother: boolean;

  constructor(error: unknown, mayTryAnother: boolean) {
    this.error = error;
    this.mayTryAnother = mayTryAnother;
  }
}

/** Did the call surely not begin, or does it do no harm to begin it twice? */
function mayTryAnother(error: unknown, { method, streams }: Call, { idempotent }: Provider): boolean {
  if (!PeerloomError.is(error)) return false;
  if (error.remote) return notBegun.has(error.code);
  return idempotent?.includes(method) === true && streams.length === 0 && !ownEnd.has(error.code);
}

/** What the caller itself, or its own limits, put an end to. */
const ownEnd: ReadonlySet<string> = new Set(["ABORTED", "CLOSED", "OVERFLOW", "TIMEOUT", "TOO_LARGE"]);

/** Does the error say that the provider is none, or not there? */
function isAbsence(error: unknown): boolean {
  return PeerloomError.is(error) && (error.code === "NO_HANDLER" || error.code === "NO_PROVIDER" || error.code.startsWith("PEER_"));
}

function noProvider({ service, choice }: Call, cause: unknown): PeerloomError {
  const version = choice.version === undefined ? "" : ` in version ${JSON.stringify(choice.version)}`;
  const who = choice.provider === undefined ? "nobody" : JSON.stringify(choice.provider);
  const what = `${who} ${choice.provider === undefined ? "provides" : "does not provide"} ${JSON.stringify(service)}${version}`;
  return new PeerloomError("NO_PROVIDER", what, cause === undefined ? {} : { cause });
}

function streamsAmong(args: readonly unknown[]): readonly number[] {
  let found: number[] | undefined;
  for (let index = 0; index < args.length; index++) if (isStream(args[index])) (found ??= []).push(index);
  return found ?? noStreams;
}

/** Milliseconds that are left to the call. */
function leftMs({ end }: Call): number {
  return end === Infinity ? Infinity : Math.max(0, end - Date.now());
}

function left(call: Call): WaitOptions {
  return { timeoutMs: leftMs(call), ...(call.signal && { signal: call.signal }) };
}
