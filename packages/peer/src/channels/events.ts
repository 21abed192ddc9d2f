import type { PeerloomError } from "@peerloom/core";
import type { IncomingFile } from "./incoming-file.ts";

export type ChannelState = "new" | "open" | "detached" | "closed";

export interface ChannelEvents {
  /** A message, whole. Bytes are a `Uint8Array` of their own, a Blob is a `Blob` or a `File`. */
  readonly message: { readonly data: unknown };
  /** The other side sends a file: read it, or cancel it. Without a listener it is refused with `NO_HANDLER`. */
  readonly file: { readonly file: IncomingFile };
  /** Less than the high-water mark waits again, after `post` returned false. */
  readonly drain: object;
  readonly state: { readonly state: ChannelState };
  /** What no call can report: the other side breaks the protocol, a listener threw. */
  readonly error: { readonly error: unknown };
  /** The end, once; without an error when either side just closed it. */
  readonly close: { readonly error: PeerloomError | undefined };
}
