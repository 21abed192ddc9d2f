import { parseCandidates, type DriverMessage } from "@peerloom/peer/link";
import { isText, isUint } from "@peerloom/protocol";

/** The request by which two clients agree on a direct path; docs/protocol.md section 9. */
export const DIRECT_REQUEST = "peerloom:direct";

/** UTF-16 units of a description at most: one without media needs a hundredth. */
const MAX_SDP_LENGTH = 65_536;

/** Why a link is closed. */
export type CloseReason = "closed" | "failed" | "full";

export type Signal =
  /** Will you? `attempt` is the newest that the sender knows, 0 when it has no link. */
  | { readonly type: "want"; readonly attempt: number }
  /** A description or candidates of attempt number `attempt`. */
  | { readonly type: "link"; readonly attempt: number; readonly message: DriverMessage }
  | { readonly type: "close"; readonly attempt: number; readonly reason: CloseReason };

/** The arguments of the request. */
export function encodeSignal(signal: Signal): unknown[] {
  switch (signal.type) {
    case "want":
      return ["want", signal.attempt];
    case "close":
      return ["close", signal.attempt, signal.reason];
    case "link":
      return [signal.message.type, signal.attempt, signal.message.type === "candidate" ? signal.message.candidates : signal.message.sdp];
  }
}

/** Checks the arguments of a request; undefined when they are none of these. */
export function parseSignal([type, attempt, content]: readonly unknown[]): Signal | undefined {
  if (!isUint(attempt)) return undefined;
  switch (type) {
    case "want":
      return { type, attempt };
    case "close":
      return content === "closed" || content === "failed" || content === "full" ? { type, attempt, reason: content } : undefined;
    case "offer":
    case "answer":
      return isDescription(content) ? { type: "link", attempt, message: { type, sdp: content } } : undefined;
    case "candidate": {
      const candidates = parseCandidates(content);
      return candidates && { type: "link", attempt, message: { type, candidates } };
    }
    default:
      return undefined;
  }
}

const isSdp = isText(MAX_SDP_LENGTH);

/** Nothing but data is taken: media would be made room for. */
function isDescription(value: unknown): value is string {
  return isSdp(value) && !/^m=(?!application )/m.test(value);
}
