import { PeerloomError, toWireError } from "@peerloom/core";
import type { Reply } from "@peerloom/protocol";
import type { Socket } from "socket.io";
import type { Client } from "../client.ts";
import type { Core } from "../core.ts";
import { isAddress } from "./address.ts";
import type { SignalingLimits } from "./limits.ts";
import { publish, subscriberCount, subscribe, unsubscribe } from "./signals.ts";

type Ack = (reply: Reply) => void;

/** An event of docs/protocol.md section 8 whose form was checked. */
type SignalEvent =
  | { readonly type: "signal"; readonly address: string; readonly bytes: Buffer }
  | { readonly type: "signal-subscribe" | "signal-unsubscribe"; readonly address: string };

/** Answers one of the signaling events: rates first, then the form, then the rest. */
export function answerSignal(core: Core, client: Client, socket: Socket, event: readonly unknown[]): void {
  const ack = event.at(-1);
  if (typeof ack !== "function") return core.malformed(client);
  const reply = ack as Ack;
  const signal = parseSignal(event);
  if (signal?.type === "signal") core.common.lineOf(socket.conn).noise?.explain(1);
  if (!takeRates(core, client, signal)) return limit(core, client, reply);
  const limits = core.settings.signaling;
  if (limits === undefined) return refuse(core, client, reply, new PeerloomError("FORBIDDEN", "this relay does no signaling"));
  if (signal === undefined) {
    refuse(core, client, reply, new PeerloomError("BAD_REQUEST", "this is no signaling event of the protocol"));
    return core.malformed(client);
  }
  run(core, client, socket, signal, limits, reply);
}

function parseSignal(event: readonly unknown[]): SignalEvent | undefined {
  const [type, address, bytes] = event;
  if (!isAddress(address)) return undefined;
  if (type === "signal") return event.length === 4 && Buffer.isBuffer(bytes) ? { type, address, bytes } : undefined;
  if (type !== "signal-subscribe" && type !== "signal-unsubscribe") return undefined;
  return event.length === 3 ? { type, address } : undefined;
}

/** A message is charged as a room packet, all else as a control request. */
function takeRates(core: Core, { rates }: Client, signal: SignalEvent | undefined): boolean {
  const now = core.settings.now();
  if (signal?.type !== "signal") return rates.takeControl(now);
  return rates.takeRoomPacket(signal.bytes.length, subscriberCount(core, signal.address), now);
}

function run(core: Core, client: Client, socket: Socket, signal: SignalEvent, limits: SignalingLimits, reply: Ack): void {
  const { address } = signal;
  try {
    if (signal.type === "signal") return reply({ ok: true, value: publish(core, client, socket, address, signal.bytes, limits) });
    const answer =
      signal.type === "signal-subscribe" ? subscribe(core, client, socket, address, limits) : unsubscribe(core, socket, address);
    answer.then(
      (value) => reply({ ok: true, value }),
      (thrown: unknown) => refuse(core, client, reply, thrown),
    );
  } catch (thrown) {
    refuse(core, client, reply, thrown);
  }
}

function refuse(core: Core, client: Client, reply: Ack, thrown: unknown): void {
  const isExpected = PeerloomError.is(thrown);
  if (!isExpected) core.failed(thrown);
  const error = isExpected ? toWireError(thrown) : { code: "HANDLER_ERROR", message: "the relay failed to answer this event" };
  core.refused("control", error.code, client.id);
  reply({ ok: false, error });
}

function limit(core: Core, client: Client, reply: Ack): void {
  if (core.restrain(client)) return;
  core.refused("control", "RATE_LIMITED", client.id);
  reply({ ok: false, error: { code: "RATE_LIMITED", message: "more signaling than this relay allows" } });
}
