import { decoderOf, type PacketSink } from "@peerloom/protocol/socket-io";
import type { Socket } from "socket.io";
import type { Client } from "./client.ts";
import { answerControl } from "./control.ts";
import type { Core } from "./core.ts";
import { firstAttachment, forwardPacket } from "./forward.ts";
import { release } from "./gather.ts";
import { publishPacket } from "./publish.ts";
import { answerSignal } from "./signaling/answer-signal.ts";

/**
 * Listens to everything a client's socket sends. The catch-all listener is the only one: it runs before socket.io dispatches an
 * event, and sees those that nobody knows. What it throws would end the process, so it throws nothing.
 */
export function listen(core: Core, client: Client, socket: Socket): void {
  const { noise } = core.common.lineOf(socket.conn);
  const take = (event: readonly unknown[]): void => {
    noise?.explain(event.length > firstAttachment ? 1 + event.length - firstAttachment : 1);
    try {
      receive(core, client, socket, event);
    } catch (thrown) {
      core.failed(thrown);
    }
  };
  socket.onAny((...event: unknown[]) => take(event));
  listenLean(socket, take);
}

/** The same for packets in the lean form, while the socket is connected. */
function listenLean(socket: Socket, take: PacketSink): void {
  const decoder = decoderOf(Reflect.get(socket, "client"), socket.nsp.name);
  if (decoder === undefined) return;
  decoder.sink = take;
  socket.once("disconnect", () => {
    if (decoder.sink === take) decoder.sink = undefined;
  });
}

function receive(core: Core, client: Client, socket: Socket, event: readonly unknown[]): void {
  // Events that were on their way when the socket was replaced or dismissed still arrive here.
  if (client.link.at !== "here" || client.link.socket !== socket) return;
  if (event[0] !== "r") release(core, client);
  switch (event[0]) {
    case "p": {
      const { timing } = core.common;
      const began = timing.beginSampled();
      forwardPacket(core, client, event);
      return timing.end("forwarded", began);
    }
    case "r":
      return publishPacket(core, client, event);
    case "control":
      return answerControl(core, client, event);
    case "signal":
    case "signal-subscribe":
    case "signal-unsubscribe":
      return answerSignal(core, client, socket, event);
    default:
      return core.malformed(client);
  }
}
