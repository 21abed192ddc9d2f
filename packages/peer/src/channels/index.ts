export { Channel, type ChannelEvents, type ChannelState } from "./channel.ts";
export type { FileContent } from "./content-source.ts";
export type { DataChannelEvent, DataChannelLike, DataChannelMarks } from "./data-channel.ts";
export type { FileInfo, FileProgress, IncomingFile } from "./incoming-file.ts";
export type { ChannelLimits } from "./limits.ts";
export type { ChannelOptions, RequestOptions, SendFileOptions, SendOptions, SendProgress } from "./options.ts";
export type { RequestContext, RequestHandler } from "./served-requests.ts";
export type { ChannelPair } from "./transfers.ts";
