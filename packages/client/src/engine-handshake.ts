import { isRecord } from "@peerloom/protocol";

/** A packet of engine.io, the layer below socket.io. */
export interface EnginePacket {
  readonly type: string;
  readonly data?: unknown;
}

/** Longer delays would fire at once. */
const maxDelayMs = 2_147_483_647;

/**
 * Watches over one connection: engine.io-client reads the server's handshake without a check, outside of any handler, and one wrong
 * byte would end the process. So it gets to see a good one only, and only one.
 */
export class HandshakeGuard {
  #isOpen = false;

  judge({ type, data }: EnginePacket): "pass" | "drop" | "refuse" {
    if (type !== "open") return "pass";
    if (this.#isOpen) return "drop";
    this.#isOpen = isGoodHandshake(data);
    return this.#isOpen ? "pass" : "refuse";
  }
}

function isGoodHandshake(data: unknown): boolean {
  if (typeof data !== "string") return false;
  try {
    const handshake: unknown = JSON.parse(data);
    if (!isRecord(handshake)) return false;
    const { sid, upgrades, pingInterval, pingTimeout } = handshake;
    return typeof sid === "string" && Array.isArray(upgrades) && isDelay(pingInterval) && isDelay(pingTimeout);
  } catch {
    return false;
  }
}

function isDelay(value: unknown): boolean {
  return typeof value === "number" && value > 0 && value < maxDelayMs / 2;
}
