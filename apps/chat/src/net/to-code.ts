import { PeerloomError } from "@peerloom/client";

/** What went wrong, as the model takes it. */
export function toCode(thrown: unknown): { readonly code: string; readonly message: string } {
  if (PeerloomError.is(thrown)) return { code: thrown.code, message: thrown.message };
  return { code: "CLOSED", message: thrown instanceof Error ? thrown.message : "the connection was closed" };
}
