export { makeDuplex, type DuplexHooks, type DuplexLike, type DuplexMaker, type DuplexOptions } from "./streams/duplex.ts";
export { openAs, takeAs, type StreamContext, type TypedStreamHandler } from "./streams/typed.ts";
