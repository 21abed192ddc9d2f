import type { Layer } from "@peerloom/core";
import type { Endpoint } from "@peerloom/session";
import type { Connection } from "./connection.ts";
import type { ControlChannel } from "./control.ts";
import type { Offerings } from "./offerings.ts";

/** What a client that closes has to bring to an end. */
export interface Leaving {
  readonly connection: Connection;
  readonly control: ControlChannel;
  readonly endpoint: Endpoint;
  readonly offerings: Offerings;
  readonly layer: Layer | undefined;
  /** Hands what waits for the socket to it. */
  readonly flush: () => void;
  /** Milliseconds for all of it. */
  readonly timeoutMs: number;
}

/**
 * Takes back what this client offers, sends what waits, gives it a while to be acknowledged, and tells the relay that this client will
 * not come back. Ends early when the connection is lost; never rejects.
 */
export async function farewell(leaving: Leaving): Promise<void> {
  const { connection, control, offerings, flush, timeoutMs } = leaving;
  const lost = new AbortController();
  const { signal } = lost;
  const end = Date.now() + timeoutMs;
  const off = connection.on("offline", () => lost.abort());
  await offerings.services.retire({ signal, timeoutMs }).catch(() => {});
  flush();
  await settled(leaving, end, signal);
  // The relay closes the socket behind its answer: that is no loss of connection. One that does not answer notices later that we are gone.
  const onReply = (): void => connection.close();
  await control.request("close", {}, { signal, timeoutMs: Math.max(0, end - Date.now()), onReply }).catch(() => {});
  off();
}

/** Waits until `end` for what was sent to be acknowledged. A peer that is lost meanwhile does not end the wait for the others. */
export async function settled(
  { endpoint, layer }: Pick<Leaving, "endpoint" | "layer">,
  end: number,
  signal: AbortSignal = new AbortController().signal,
): Promise<void> {
  for (let isSettled = false; !isSettled && !signal.aborted && Date.now() < end;) {
    const wait = { signal, timeoutMs: end - Date.now() };
    isSettled = await endpoint
      .settled(wait)
      .then(() => layer?.settled(wait))
      .then(
        () => true,
        () => false,
      );
  }
}
