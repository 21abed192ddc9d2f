export { callAll, checkCallback, type Callback } from "./p2p/callbacks.ts";
export type { ConnectionInfo } from "./p2p/connection-info.ts";
export { isRequest, Messages, type FromClient, type MessageApi } from "./p2p/messages.ts";
export { belongsTo, JOIN_ROOM, LEAVE_ROOM, MULTI_API_TARGET_DISCONNECT, P2P_EMIT, SERVER_ERROR } from "./p2p/names.ts";
export { overlay } from "./p2p/overlay.ts";
export { ServiceApis, type Provide } from "./p2p/service-apis.ts";
export { createServiceSide, createServiceUser, quietly, type ServiceSide, type ServiceUserApi } from "./p2p/services.ts";
export {
  createStreams,
  type AddedStreamCallback,
  type Duplexes,
  type P2pStream,
  type P2pStreamCallback,
  type P2pStreamOptions,
  type Streamable,
  type StreamApi,
} from "./p2p/streams.ts";
export { gapError, OwnTopics, type TopicPort } from "./p2p/topics.ts";
