import { deferred, PeerloomError, toWireError, type InternalPort, type WaitOptions } from "@peerloom/core";
import type { Provider } from "@peerloom/protocol";
import { CallContext } from "./context.ts";
import type { ServiceDirectory } from "./directory.ts";
import { IncomingValues } from "./incoming-values.ts";
import { Introductions } from "./introductions.ts";
import { ProviderLists } from "./provider-lists.ts";
import type { Choice } from "./provider-table.ts";
import { toServiceCall, type OpenCall } from "./service-call.ts";
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

/** A method as a handle names it: the same for each of its calls. */
export interface Method {
  readonly service: string;
  readonly method: string;
  readonly options: CallOptions;
}

/** What a call is made of, however often it is tried. */
interface Call extends Method {
  readonly args: readonly unknown[];
  /** Indices of the arguments that are streams. */
  readonly streams: readonly number[];
  /** When the time is over, in milliseconds since 1970. */
  readonly end: number;
  /** What the program has of it. */
  readonly handle: OpenCall;
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
  call({ service, method, options }: Method, args: readonly unknown[]): unknown {
    const { promise, resolve } = deferred<unknown>();
    const { timeoutMs = Infinity } = options;
    const end = timeoutMs === Infinity ? Infinity : Date.now() + timeoutMs;
    const handle = toServiceCall(promise);
    const call: Call = { service, method, options, args, streams: streamsAmong(args), end, handle };
    const provider = this.#lists.ready(service)?.table.choose(this.#options.directory.hostId, options);
    if (provider === undefined || !this.#isStraight(call, provider)) resolve(this.#run(call, provider));
    else this.#askStraight(call, provider, resolve);
    return handle;
  }

  close(error: PeerloomError): void {
    this.#lists.close(error);
  }

  /** Does nothing have to be waited for but the answer? */
  #isStraight({ streams }: Call, { id }: Provider): boolean {
    return streams === noStreams && id !== this.#options.port.id && this.#introductions.has(id);
  }

  /** The way of nearly all calls. Each async function on it would cost as much as all that is done in it. */
  #askStraight(call: Call, provider: Provider, settle: (result: unknown) => void): void {
    call.handle.provider = provider.id;
    const { timeoutMs = Infinity } = call.options;
    const body = encodeCall({
      service: call.service,
      method: call.method,
      timeoutMs: wireTimeout(timeoutMs),
      args: call.args as unknown[],
      streams: noOffers,
    });
    this.#options.port.askInternal(provider.id, CALL_REQUEST, body, call.options, {
      resolve: (answer) => {
        const outcome = this.#outcomeOf(call, provider, answer);
        settle(outcome instanceof Failure ? this.#run(call, provider, outcome) : outcome.value);
      },
      reject: (error) => settle(this.#run(call, provider, failureOf(error, call, provider))),
    });
  }

  /** Tries one provider after the other: first this one, of which the outcome may be known already. */
  async #run(call: Call, first: Provider | undefined, firstOutcome?: Failure): Promise<unknown> {
    const list = this.#lists.take(call.service);
    try {
      if (!list.isReady) await until(list.ready, left(call), `looking for providers of ${JSON.stringify(call.service)}`);
      const tried = new Set<string>();
      let mayHaveBegun = false;
      let failure: unknown;
      let outcome: Failure | undefined = firstOutcome;
      const choose = (): Provider | undefined => list.table.choose(this.#options.directory.hostId, call.options, tried);
      for (let provider = first ?? choose(); provider !== undefined; provider = choose()) {
        call.handle.provider = provider.id;
        if (provider.id === this.#options.port.id) return await this.#runHere(call);
        const result: Success | Failure = outcome ?? (await this.#try(call, provider, tried.size > 0));
        if (!(result instanceof Failure)) return result.value;
        if (!result.mayTryAnother) throw result.error;
        outcome = undefined;
        failure = result.error;
        mayHaveBegun ||= result.mayHaveBegun;
        if (result.isAbsence) list.table.failed(provider.id);
        tried.add(provider.id);
      }
      throw failure === undefined || (isAbsence(failure) && !mayHaveBegun) ? noProvider(call, failure) : failure;
    } finally {
      this.#lists.release(list);
    }
  }

  async #try(call: Call, provider: Provider, isAgain: boolean): Promise<Success | Failure> {
    const unreachable = this.#introductions.has(provider.id) ? undefined : await this.#introduce(call, provider.id);
    return unreachable === undefined ? this.#ask(call, provider, isAgain) : new Failure(unreachable, true, false, true);
  }

  /** @returns why the provider cannot be reached. @throws PeerloomError when the caller does not want to wait any longer. */
  async #introduce(call: Call, id: string): Promise<unknown> {
    const hello = this.#introductions.introduce(id).then(
      () => undefined,
      (error: unknown) => error ?? new PeerloomError("PEER_NOT_FOUND", `${JSON.stringify(id)} cannot be reached`),
    );
    return until(hello, left(call), `reaching ${JSON.stringify(id)}`);
  }

  async #ask(call: Call, provider: Provider, isAgain: boolean): Promise<Success | Failure> {
    const { service, method, options } = call;
    const timeoutMs = isAgain ? leftMs(call) : (options.timeoutMs ?? Infinity);
    const tokens: number[] = call.streams === noStreams ? noTokens : [];
    try {
      const body = encodeCall({ service, method, timeoutMs: wireTimeout(timeoutMs), ...this.#offer(call, provider.id, tokens) });
      const answer = await this.#options.port.requestInternal(provider.id, CALL_REQUEST, body, { ...options, timeoutMs });
      const outcome = this.#outcomeOf(call, provider, answer);
      // Arguments may be read for as long as the results are: those that are not expire by themselves.
      if (outcome instanceof Failure) this.#withdraw(tokens, outcome.error);
      else if (!(outcome.value instanceof IncomingValues)) this.#withdraw(tokens, new PeerloomError("ABORTED", "the call is over"));
      return outcome;
    } catch (error) {
      this.#withdraw(tokens, error);
      return failureOf(error, call, provider);
    }
  }

  #outcomeOf(call: Call, provider: Provider, raw: unknown): Success | Failure {
    const answer = parseAnswer(raw);
    if (answer?.is === "value") return answer;
    if (answer?.is === "stream") return { value: this.#results(provider.id, answer.token, call.options.signal) };
    const error = answer?.error ?? new PeerloomError("PROTOCOL_ERROR", `${JSON.stringify(provider.id)} gave an answer that is none`);
    return new Failure(error, false, true, false);
  }

  #withdraw(tokens: readonly number[], reason: unknown): void {
    for (const token of tokens) this.#options.offers.withdraw(token, reason);
  }

  #offer({ args, streams }: Call, to: string, tokens: number[]): { args: unknown[]; streams: readonly (readonly [number, number])[] } {
    if (streams === noStreams) return { args: args as unknown[], streams: noOffers };
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
    const { timeoutMs = Infinity } = call.options;
    const context = new CallContext(this.#options.port.id, timeoutMs === Infinity ? 0 : timeoutMs, abort);
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

interface Success {
  readonly value: unknown;
}

/** A try that failed. */
class Failure {
  readonly error: unknown;
  readonly mayTryAnother: boolean;
  readonly mayHaveBegun: boolean;
  /** Is the provider none, or not there? */
  readonly isAbsence: boolean;

  constructor(error: unknown, mayTryAnother: boolean, mayHaveBegun: boolean, isAbsence: boolean) {
    this.error = error;
    this.mayTryAnother = mayTryAnother;
    this.mayHaveBegun = mayHaveBegun;
    this.isAbsence = isAbsence;
  }
}

function failureOf(error: unknown, call: Call, provider: Provider): Failure {
  return new Failure(error, mayTryAnother(error, call, provider), !PeerloomError.is(error) || !error.remote, isAbsence(error));
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

function noProvider({ service, options }: Call, cause: unknown): PeerloomError {
  const version = options.version === undefined ? "" : ` in version ${JSON.stringify(options.version)}`;
  const who = options.provider === undefined ? "nobody" : JSON.stringify(options.provider);
  const what = `${who} ${options.provider === undefined ? "provides" : "does not provide"} ${JSON.stringify(service)}${version}`;
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
  const { signal } = call.options;
  return { timeoutMs: leftMs(call), ...(signal && { signal }) };
}

/** How a provider is told how long the caller is going to wait. */
function wireTimeout(timeoutMs: number): number {
  return timeoutMs === Infinity ? 0 : Math.max(1, Math.round(timeoutMs));
}
