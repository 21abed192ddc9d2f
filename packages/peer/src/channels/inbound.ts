import { PeerloomError } from "@peerloom/core";
import { parseFileInfo, toBlob } from "./file-info.ts";
import type { FrameHandlers, OpenFrame } from "./frames.ts";
import type { LanesIn } from "./lanes-in.ts";
import type { PendingRequests } from "./pending-requests.ts";
import type { Sends } from "./sends.ts";
import type { ServedRequests } from "./served-requests.ts";
import { decodeValue } from "./values.ts";
import { FRAME, VALUE, type ValueType } from "./wire.ts";

export interface InboundParts {
  readonly deliver: (data: unknown) => void;
  readonly requests: PendingRequests;
  readonly served: ServedRequests;
  readonly sends: Sends;
  readonly lanesIn: LanesIn;
}

/** Where each frame goes. */
export function frameHandlers({ deliver, requests, served, sends, lanesIn }: InboundParts): FrameHandlers {
  return {
    message: deliver,
    request: (id, data) => served.serve(id, data),
    response: (id, value) => answered(requests, id, { value }),
    failure: (id, { code, message }) => answered(requests, id, { error: new PeerloomError(code, message, { remote: true }) }),
    cancel: (id) => served.cancel(id),
    open: (frame) => lanesIn.open(frame),
    chunk: (lane, bytes) => lanesIn.chunk(lane, bytes),
    end: (lane) => lanesIn.end(lane),
    abort: (lane, error) => lanesIn.abort(lane, error),
    stop: (lane, { code, message }) => sends.stopped(lane, new PeerloomError(code, message, { remote: true })),
    credit: (lane, bytes) => sends.credited(lane, bytes),
  };
}

/** Something that came in a lane is complete. @returns what is wrong with it. */
export function takeWhole(
  { kind, id, metadata, ...rest }: OpenFrame,
  content: Uint8Array<ArrayBuffer>,
  { deliver, requests, served }: Pick<InboundParts, "deliver" | "requests" | "served">,
): string | undefined {
  const what = kind & 0xf0;
  const type = kind & 0x0f;
  const value: { readonly is: unknown } | undefined =
    type === VALUE.blob && what === FRAME.message
      ? blobOf({ kind, id, metadata, ...rest }, content)
      : decodeValue(type as ValueType, content);
  if (value === undefined) return "a value that is malformed";
  if (what === FRAME.request) return served.serve(id, value.is);
  if (what === FRAME.response) return answered(requests, id, { value: value.is });
  deliver(value.is);
  return undefined;
}

type Outcome = { readonly value: unknown } | { readonly error: PeerloomError };

function answered(requests: PendingRequests, id: number, outcome: Outcome): string | undefined {
  return requests.settle(id, outcome) ? undefined : `an answer to request ${id}, which was never made`;
}

function blobOf(frame: OpenFrame, content: Uint8Array<ArrayBuffer>): { readonly is: Blob } | undefined {
  const info = parseFileInfo(frame);
  return info && { is: toBlob([content], info) };
}
