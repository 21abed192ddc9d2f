export { publishFile, publishFrames } from "./media/publish.ts";
export type { Player, PlayOptions } from "./media/publish.ts";
export { recordTracks } from "./media/record.ts";
export type { ReceivedTrack, Recording } from "./media/record.ts";
export { webmFrames } from "./media/webm.ts";
export type { Frame } from "./media/webm.ts";
