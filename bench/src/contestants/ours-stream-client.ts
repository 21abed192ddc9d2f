import { once } from "node:events";
import type { Duplex } from "node:stream";
import { connect as connectClient } from "@peerloom/client";
import { onDuplex, openDuplex } from "@peerloom/client/node";
import type { Connect } from "./wire.ts";

/** Messages are writes to a Duplex from `a` to `b`; requests go beside it. */
export const connect: Connect = async (url, id, peer, handlers) => {
  const client = await connectClient(url, { clientId: id });
  const remote = client.remote(peer);
  client.onAny("q", (payload: unknown) => handlers.request(payload));
  onDuplex(client, "bulk", (duplex) => void duplex.on("data", (chunk) => handlers.message(chunk)));
  const duplex: Duplex | undefined = id === "a" ? await openDuplex(remote, "bulk") : undefined;
  return {
    send: (payload) => duplex?.write(payload) ?? false,
    drained: async () => void (duplex?.writableNeedDrain && (await once(duplex, "drain"))),
    request: (payload) => remote.emitWithAck("q", payload),
    setWindow: () => {},
  };
};
