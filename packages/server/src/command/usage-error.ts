/** Something that whoever starts the command must change; the message is one line that names it. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
