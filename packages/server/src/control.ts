import { PeerloomError, toWireError, type AnyCode } from "@peerloom/core";
import { parseControl, type ControlRequest, type ControlRequests, type ControlType, type Reply } from "@peerloom/protocol";
import type { Client } from "./client.ts";
import { list, lookup, setMetadata, unwatch, watch } from "./control-presence.ts";
import { join, leave, setMember } from "./control-rooms.ts";
import { provide, providers, services, withdraw } from "./control-services.ts";
import { publish, subscribe, unpublish, unsubscribe } from "./control-topics.ts";
import type { Core } from "./core.ts";
import { pair } from "./pair.ts";
import { paths } from "./told-paths.ts";
import { iceServers } from "./turn/answer.ts";

type Answer = object | Promise<object>;
type Handlers = { readonly [T in ControlType]: (core: Core, client: Client, request: ControlRequests[T]) => Answer };

const handlers: Handlers = {
  watch,
  unwatch,
  lookup,
  list,
  metadata: setMetadata,
  join,
  leave,
  member: setMember,
  pair,
  provide,
  withdraw,
  providers,
  services,
  publish,
  unpublish,
  subscribe,
  unsubscribe,
  "ice-servers": iceServers,
  paths,
  close: () => ({}),
};

/**
 * Answers a `control` event. An answer that is known at once is sent at once, so that it comes before whatever the request causes.
 */
export function answerControl(core: Core, client: Client, event: readonly unknown[]): void {
  const [, body, ack] = event;
  if (event.length !== 3 || typeof ack !== "function") return core.malformed(client);
  const reply = (answer: Reply): void => sendReply(core, client, ack as (answer: Reply) => void, answer);
  const request = parseControl(body);
  if (!client.rates.takeControl(core.settings.now())) return limit(core, client, reply);
  core.counters.controls += 1;
  if (request === undefined) {
    refuse(core, client, reply, new PeerloomError("BAD_REQUEST", "this is no control request of the protocol"));
    return core.malformed(client);
  }
  run(core, client, request, reply);
}

function run(core: Core, client: Client, request: ControlRequest, reply: (answer: Reply) => void): void {
  try {
    const handler = handlers[request.type] as (core: Core, client: Client, request: ControlRequest) => Answer;
    const answer = handler(core, client, request);
    if (!(answer instanceof Promise)) {
      reply({ ok: true, value: answer });
      if (request.type === "close") leaveRelay(core, client);
      return;
    }
    answer.then(
      (value) => reply({ ok: true, value }),
      (thrown: unknown) => refuse(core, client, reply, thrown),
    );
  } catch (thrown) {
    refuse(core, client, reply, thrown);
  }
}

/** The bytes of an answer are charged to who asked: a small question can have a large one. */
function sendReply(core: Core, client: Client, ack: (answer: Reply) => void, answer: Reply): void {
  const { link } = client;
  if (link.at !== "here") return;
  const before = link.line.written;
  ack(answer);
  client.rates.take("bytes", link.line.written - before, core.settings.now());
}

function refuse(core: Core, client: Client, reply: (answer: Reply) => void, thrown: unknown): void {
  const isExpected = PeerloomError.is(thrown);
  if (!isExpected) core.failed(thrown);
  const error = isExpected
    ? toWireError(thrown)
    : { code: "HANDLER_ERROR" satisfies AnyCode, message: "the relay failed to answer this request" };
  core.refused("control", error.code, client.id);
  reply({ ok: false, error });
}

function limit(core: Core, client: Client, reply: (answer: Reply) => void): void {
  if (core.restrain(client)) return;
  // Without the error that it stands for: making one costs more than the rest of the refusal.
  core.refused("control", "RATE_LIMITED", client.id);
  reply({ ok: false, error: { code: "RATE_LIMITED", message: "more requests than this relay allows" } });
}

function leaveRelay(core: Core, client: Client): void {
  const { link } = client;
  if (link.at !== "here") return;
  core.registry.remove(client, "closed");
  core.common.disconnect(link.socket);
}
