import { deadline, deferred, PeerloomError } from "@peerloom/core";
import type { Connection } from "./connection.ts";
import type { ClientSettings } from "./options.ts";

/**
 * Starts the connection and resolves at the relay's first welcome; `relay` names the relay in errors. What kept it from coming until
 * the time was over is told as the reason.
 *
 * @throws PeerloomError: the relay's refusal, `RELAY_UNREACHABLE`, `ABORTED`, `CLOSED`.
 */
export async function firstWelcome(
  connection: Connection,
  { connectTimeoutMs, signal }: Pick<ClientSettings, "connectTimeoutMs" | "signal">,
  relay: string,
): Promise<void> {
  const { promise, resolve, reject } = deferred<void>();
  const stop = deadline({ timeoutMs: connectTimeoutMs, ...(signal && { signal }) }, "connecting", (error) => {
    const { failure } = connection;
    if (error.code !== "TIMEOUT") return reject(error);
    if (failure !== undefined && failure.code !== "TIMEOUT" && failure.code !== "RELAY_UNREACHABLE") return reject(failure);
    const why = failure === undefined ? "no answer" : failure.message;
    reject(
      new PeerloomError("RELAY_UNREACHABLE", `${relay} could not be reached within ${connectTimeoutMs} ms: ${why}`, { cause: failure }),
    );
  });
  connection.once("online", () => resolve());
  connection.once("closed", ({ error }) => reject(error ?? new PeerloomError("CLOSED", "this client was closed")));
  if (!signal?.aborted) connection.start();
  await promise.finally(stop);
}
