import { WIRE } from "./limits.ts";

/** socket.io's own messages begin with a digit. */
const MARK = "p".charCodeAt(0);
const COMMA = ",".charCodeAt(0);
const ZERO = "0".charCodeAt(0);

/** Is a message of socket.io's a packet in the lean form? */
export function isLean(message: unknown): message is string {
  return typeof message === "string" && message.charCodeAt(0) === MARK;
}

/** The messages of a packet in the lean form; `serial` is undefined from relay to client. */
export function encodeLean(id: string, serial: number | undefined, text: string, attachments: readonly unknown[]): unknown[] {
  return [`p${attachments.length},${serial ?? ""},${id}\n${text}`, ...attachments];
}

/**
 * Reads the first message of a packet: how many attachments follow, and what is to come before them in the event `p`.
 *
 * @throws Error when it is malformed; socket.io closes the connection then, as it does for its own form.
 */
export function decodeLean(message: string): { readonly attachments: number; readonly event: unknown[] } {
  const attachments = message.charCodeAt(1) - ZERO;
  const comma = message.indexOf(",", 3);
  const end = message.indexOf("\n");
  if (!(attachments >= 0 && attachments <= WIRE.maxAttachments) || message.charCodeAt(2) !== COMMA || comma < 0 || end < comma)
    throw new Error("malformed packet");
  const id = message.slice(comma + 1, end);
  const text = message.slice(end + 1);
  return { attachments, event: comma === 3 ? ["p", id, text] : ["p", id, Number(message.slice(3, comma)), text] };
}
