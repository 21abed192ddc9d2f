export {
  Channel,
  type ChannelEvents,
  type ChannelLimits,
  type ChannelOptions,
  type ChannelPair,
  type ChannelState,
  type DataChannelLike,
  type DataChannelMarks,
  type FileContent,
  type FileInfo,
  type FileProgress,
  type IncomingFile,
  type RequestContext,
  type RequestHandler,
  type RequestOptions,
  type SendFileOptions,
  type SendOptions as ChannelSendOptions,
  type SendProgress,
} from "./channels/index.ts";
export type { OpenOptions } from "./channel-options.ts";
export type {
  ChannelErrorEvent,
  ChannelEvent,
  ChannelMessageEvent,
  ConnectionEvent,
  PeerEvents,
  RemotePeer,
  StreamEvent,
  TrackEvent,
} from "./events.ts";
export type { JoinOptions, StreamFilter } from "./join-options.ts";
export type { RemoteStream, RemoteTrack } from "./media/inbox.ts";
export type { Publication, PublishOptions, PublishedTrack, TrackParameters } from "./media/publication.ts";
export type { PeerOptions } from "./options.ts";
export type { IceServerSource } from "./pair/ice-servers.ts";
export type { ConnectionState } from "./pair/life.ts";
export { Peer } from "./peer.ts";
export type { Verify } from "./room/door.ts";
export type { PathKind, PeerStats } from "./stats.ts";
export type { SendOptions, SendResult } from "./send.ts";
