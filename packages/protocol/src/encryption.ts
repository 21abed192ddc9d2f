/** What a client that does not encrypt has to know of encryption; docs/protocol.md section 9. */
export const ENCRYPTION = {
  /** A packet's text that begins so is a message of encryption; a plain one begins with `[`, or is empty. */
  prefix: "e",
  /** "I do not encrypt": the answer of a client that does not to all such messages but this. */
  plain: "e0",
} as const;
