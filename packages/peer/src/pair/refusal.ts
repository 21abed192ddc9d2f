import { PeerloomError } from "@peerloom/core";

/** What a peer said when it refused to be connected. */
export function refusalOf(id: string, { code, message }: { readonly code: string; readonly message: string }): PeerloomError {
  return new PeerloomError(code, `"${id}" refused: ${message}`, { remote: true });
}
