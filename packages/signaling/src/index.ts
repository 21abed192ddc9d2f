export { createDriver } from "./create-driver.ts";
export type { Driver, DriverEvents, Namespace, SignalHandler } from "./driver.ts";
export type { DriverOptions, Medium, MediumEvents } from "./medium.ts";
export { escapeNamespace } from "./namespace.ts";
export { SIGNAL } from "./messages/limits.ts";
export { parseEnvelope, SIGNALING_VERSION, type Card, type Envelope, type Head } from "./messages/envelope.ts";
export { encodeSignal, parseSignal } from "./messages/parse-signal.ts";
export type {
  AnnounceSignal,
  AnswerSignal,
  Candidate,
  CandidateSignal,
  GreetSignal,
  IntroduceSignal,
  LeaveSignal,
  OfferSignal,
  PairSignal,
  RefuseSignal,
  RoomSignal,
  Signal,
} from "./messages/signal.ts";
export { createIdentity, fingerprintOf, type Identity, type IdentityOptions } from "@peerloom/core/crypto";
export type { SignalPair } from "./secure/pair.ts";
export {
  createSignaler,
  type Announcement,
  type Departure,
  type Received,
  type Signaler,
  type SignalerOptions,
} from "./secure/signaler.ts";
