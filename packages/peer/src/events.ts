import type { Metadata } from "@peerloom/protocol";
import type { Channel } from "./channels/index.ts";
import type { ConnectionState } from "./pair/life.ts";

/** A remote peer as it was when an event happened. */
export interface RemotePeer {
  readonly id: string;
  readonly metadata: Metadata | undefined;
  readonly state: ConnectionState;
}

interface Happened<Name extends string> {
  readonly name: Name;
  readonly remote: RemotePeer;
}

export interface ConnectionEvent<State extends ConnectionState = ConnectionState> extends Happened<`connection:${State}`> {
  readonly state: State;
}

export interface ChannelEvent<Name extends string = "new" | "open" | "close"> extends Happened<`channel:${Name}`> {
  readonly label: string;
  readonly metadata: Metadata | undefined;
  /** For requests, files and streams. The same object for as long as the channel is open, whatever connection carries it. */
  readonly channel: Channel;
}

export interface ChannelMessageEvent extends ChannelEvent<"message"> {
  readonly data: unknown;
}

export interface ChannelErrorEvent extends ChannelEvent<"error"> {
  readonly error: unknown;
}

export interface StreamEvent<Name extends string = "add" | "remove" | "update"> extends Happened<`stream:${Name}`> {
  readonly label: string;
  readonly metadata: Metadata | undefined;
  /** The same object for as long as the peer publishes under this label. */
  readonly stream: MediaStream;
}

export interface TrackEvent<Name extends string = "add" | "remove" | "mute" | "unmute"> extends Happened<`track:${Name}`> {
  readonly label: string;
  readonly stream: MediaStream;
  readonly track: MediaStreamTrack;
  readonly receiver: RTCRtpReceiver;
  /** The id the publisher knows the track by. */
  readonly trackId: string;
  readonly kind: "audio" | "video";
  readonly isMuted: boolean;
}

/**
 * What a `Peer` tells, synchronously and in the order in which it happens. A listener to the name of a group (`connection`, `channel`, `stream`,
 * `track`) gets all events of the group, each after the listeners to its own name.
 */
export type PeerEvents = {
  [S in ConnectionState as `connection:${S}`]: ConnectionEvent<S>;
} & {
  connection: { [S in ConnectionState]: ConnectionEvent<S> }[ConnectionState];
  channel: ChannelEvent<"new"> | ChannelEvent<"open"> | ChannelEvent<"close"> | ChannelMessageEvent | ChannelErrorEvent;
  "channel:new": ChannelEvent<"new">;
  "channel:open": ChannelEvent<"open">;
  "channel:close": ChannelEvent<"close">;
  "channel:message": ChannelMessageEvent;
  "channel:error": ChannelErrorEvent;
  stream: StreamEvent<"add"> | StreamEvent<"remove"> | StreamEvent<"update">;
  "stream:add": StreamEvent<"add">;
  "stream:remove": StreamEvent<"remove">;
  /** Its metadata has changed. */
  "stream:update": StreamEvent<"update">;
  track: TrackEvent<"add"> | TrackEvent<"remove"> | TrackEvent<"mute"> | TrackEvent<"unmute">;
  "track:add": TrackEvent<"add">;
  "track:remove": TrackEvent<"remove">;
  "track:mute": TrackEvent<"mute">;
  "track:unmute": TrackEvent<"unmute">;
  /** The metadata of a remote peer has changed. */
  metadata: { readonly remote: RemotePeer };
  /** Someone was turned away, because this peer has `maxPeers` already. */
  limit: { readonly id: string; readonly maxPeers: number };
  /** Something went wrong that no call can report: a `PeerloomError`, or what a listener threw. */
  error: { readonly error: unknown; readonly remote?: RemotePeer };
};

/** An event that belongs to a group; its `name` tells which. */
export type GroupEvent = PeerEvents["connection" | "channel" | "stream" | "track"];
