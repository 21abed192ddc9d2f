export {
  PeerloomError,
  type AnyCode,
  type ErrorCode,
  type GoneEvent,
  type ListenOptions,
  type MessageContext,
  type MessageHandler,
} from "@peerloom/core";
export type {
  DirectMaker,
  OpenStreamOptions,
  PathBytes,
  PathName,
  PeerStream,
  Port,
  Remote,
  StreamHandler,
  Unsubscribe,
  WaitOptions,
} from "@peerloom/core";
export type { IceServer, Metadata, PeerState, PeerStatus, ServiceSummary } from "@peerloom/protocol";
export type {
  ProvidedService,
  ProvideOptions,
  Service,
  ServiceCall,
  ServiceContext,
  ServiceMethods,
  ServiceOptions,
  ServiceStream,
} from "@peerloom/services";
export type { SubscribeOptions, Subscription, SubscriptionEvents, Topic, TopicContext, TopicOptions } from "@peerloom/session";
export type { Room, RoomContext, RoomLimits, RoomMember, RoomSignal, RoomSignalEvents, RoomState, SessionLimits } from "@peerloom/session";
export type { Client, ClientLoad, ListOptions, PairOptions } from "./client.ts";
export type { ClientEvents, PresenceEvent, UndeliverableToPeer } from "./client-events.ts";
export { connect } from "./connect.ts";
export type { ClientState } from "./connection.ts";
export type { ClientLimits, ConnectOptions, Token } from "./options.ts";
export type { PairHandler, PairOffer } from "./questions.ts";
export type { ClientList } from "./replies.ts";
export type { JoinOptions, UndeliverableInRoom } from "./rooms.ts";
export type { AnySocket } from "./socket-like.ts";
