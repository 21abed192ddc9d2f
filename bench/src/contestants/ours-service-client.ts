import { connect as connectClient } from "@peerloom/client";
import type { ServiceMethods } from "@peerloom/services";
import type { Connect } from "./wire.ts";

interface Peer {
  ask(payload: unknown): Promise<unknown>;
}

/** Requests are calls of the peer's service; there are no messages. */
export const connect: Connect = async (url, id, peer, handlers) => {
  const client = await connectClient(url, { clientId: id });
  const methods: ServiceMethods = { ask: (payload: unknown) => handlers.request(payload) };
  await client.provide(id, methods).ready;
  const service = client.service<Peer>(peer);
  return {
    send: () => {
      throw new Error("a service takes calls only");
    },
    drained: () => Promise.resolve(),
    request: (payload) => service.ask(payload),
    setWindow: () => {},
  };
};
