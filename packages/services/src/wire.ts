import { PeerloomError, type AnyCode, type WireError } from "@peerloom/core";
import { isListOf, isName, isText, isUint, type Guard } from "@peerloom/protocol";

/** The session request that calls a method: docs/protocol.md section 6. */
export const CALL_REQUEST = "peerloom:call";
/** The streams that carry streamed results and arguments. */
export const VALUES_STREAM = "peerloom:values";

const none: Call["streams"] = [];

/** Arguments of one call; more cannot be meant. */
const maxArguments = 255;

/** A call as it travels. */
export interface Call {
  readonly service: string;
  readonly method: string;
  /** Milliseconds the caller is going to wait from now on; 0 when there is no limit. */
  readonly timeoutMs: number;
  readonly args: unknown[];
  /** The arguments that are streams: where each goes, and under which token the caller offers it. */
  readonly streams: readonly (readonly [index: number, token: number])[];
}

/** What a call came to. That it never began is told apart, by a failure of the request. */
export type Answer =
  | { readonly is: "value"; readonly value: unknown }
  | { readonly is: "error"; readonly error: PeerloomError }
  /** The results are a stream, which is offered under this token. */
  | { readonly is: "stream"; readonly token: number };

const isStreamArgument: Guard<readonly [number, number]> = (value): value is readonly [number, number] =>
  Array.isArray(value) && value.length === 2 && isUint(value[0]) && isUint(value[1]);
const areStreams = isListOf(isStreamArgument, maxArguments);
const isCode = isText(64);

export function encodeCall({ service, method, timeoutMs, args, streams }: Call): unknown[] {
  return streams.length === 0 ? [service, method, timeoutMs, args] : [service, method, timeoutMs, args, streams];
}

/** Checks the arguments of a call request; undefined when they are malformed. */
export function parseCall(raw: readonly unknown[]): Call | undefined {
  const [service, method, timeoutMs, args, streams = none] = raw;
  if (!isName(service) || !isName(method) || typeof timeoutMs !== "number" || !(timeoutMs >= 0)) return undefined;
  if (!Array.isArray(args) || args.length > maxArguments || !areStreams(streams)) return undefined;
  return streams === none || streams.every(([index]) => index < args.length) ? { service, method, timeoutMs, args, streams } : undefined;
}

/** The answer of a call that came to a value. */
export function valueAnswer(value: unknown): unknown[] {
  return value === undefined ? [0] : [0, value];
}

/** The answer of a call that threw. */
export function errorAnswer({ code, message }: WireError): unknown[] {
  return [1, code, message];
}

/** The answer of a call whose results are a stream, offered under this token. */
export function streamAnswer(token: number): unknown[] {
  return [2, token];
}

/** Checks an answer; undefined when it is malformed. */
export function parseAnswer(answer: unknown): Answer | undefined {
  if (!Array.isArray(answer)) return undefined;
  const [kind, first, second] = answer as readonly unknown[];
  if (kind === 0 && answer.length <= 2) return { is: "value", value: first };
  if (kind === 1 && isCode(first) && typeof second === "string") return { is: "error", error: remoteError(first, second) };
  return kind === 2 && isUint(first) ? { is: "stream", token: first } : undefined;
}

/** The error that a method on the other side threw. */
export function remoteError(code: AnyCode, message: string): PeerloomError {
  return new PeerloomError(code, message, { remote: true });
}
