export type { AuditEntry } from "./audit.ts";
export type { ClientCensus, RelayCensus } from "./census.ts";
export type {
  ClaimVerdict,
  Cluster,
  ClusterEvents,
  ClusterState,
  ClusterStatus,
  HeldId,
  IdClaim,
  LiveNode,
  Place,
} from "./cluster/cluster.ts";
export { attachRelay, type SocketServer } from "./attach-relay.ts";
export { createRelay, type RelayAddress, type RelayServer } from "./create-relay.ts";
export type { Holdings, RelayStats } from "./counters.ts";
export type { Phase } from "./common.ts";
export type { DrainOptions, DrainReport } from "./drain.ts";
export type { RefusalPlace, RelayEvents } from "./events.ts";
export type {
  Action,
  Authenticate,
  Authorize,
  ConnectionRequest,
  Identity,
  JoinAction,
  IceServersAction,
  ListAction,
  PacketAction,
  PairAction,
  ProvideAction,
  RoomPacketAction,
  ServiceAction,
  ServicesAction,
  SignalAction,
  SignalSubscribeAction,
  SubscribeAction,
} from "./hooks.ts";
export { SocketParser } from "@peerloom/protocol/socket-io";
export { defaultLimits, type RelayLimits } from "./limits.ts";
export type { RelayOptions, RoomOptions } from "./options.ts";
export type { PlainMessage, PlainSignalingEvents } from "./plain-signaling/events.ts";
export type { PlainRequest, PlainSignalingOptions } from "./plain-signaling/options.ts";
export type { Candidate, Description, Signal } from "./plain-signaling/payloads.ts";
export type { PlainSignaling } from "./plain-signaling/plain-signaling.ts";
export { SignalingServer, type SignalingServerOptions } from "./plain-signaling/signaling-server.ts";
export type { GoneReason } from "./registry.ts";
export type { Relay } from "./relay.ts";
export type { Observer } from "./timing.ts";
export type { TenantRelay } from "./tenant-relay.ts";
export type { SignalingLimits } from "./signaling/limits.ts";
export type { TurnOptions } from "./turn/options.ts";
export type { ListenAddress, RelayServerOptions, RequestHandler, TlsFiles } from "./server-options.ts";
export { onDuplex, openDuplex, toDuplex, type DuplexHandler, type DuplexOptions, type StreamContext } from "@peerloom/session/node";
