export { backoff, type BackoffOptions } from "./backoff.ts";
export { createDefer, type Defer } from "./defer.ts";
export { deferred, type Deferred } from "./deferred.ts";
export type { DirectHost, DirectMaker, DirectPaths } from "./direct.ts";
export { Emitter, type ListenOptions, type Unsubscribe } from "./emitter.ts";
export { PeerloomError, toWireError, type AnyCode, type ErrorCode, type PeerloomErrorOptions, type WireError } from "./error.ts";
export type { Layer, LayerHost, LayerMaker, TransportUser } from "./layer.ts";
export type {
  GoneEvent,
  InternalPort,
  MessageContext,
  MessageHandler,
  OpenStreamOptions,
  Outcome,
  Packet,
  PathBytes,
  PathName,
  PeerStream,
  Port,
  Remote,
  Responder,
  StreamHandler,
  Transport,
} from "./port.ts";
export type { RtcBackend } from "./rtc.ts";
export { abortError, checkTimeout, deadline, timeoutError, type WaitOptions } from "./wait.ts";
