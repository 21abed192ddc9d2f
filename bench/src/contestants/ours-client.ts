import { connect as connectClient } from "@peerloom/client";
import type { Connect, ConnectIdle, ConnectMember } from "./wire.ts";

export const connect: Connect = async (url, id, peer, handlers) => {
  const client = await connectClient(url, { clientId: id });
  const remote = client.remote(peer);
  client.onAny("m", (payload: unknown) => handlers.message(payload));
  client.onAny("q", (payload: unknown) => handlers.request(payload));
  return {
    send: (payload) => remote.emit("m", payload),
    drained: () => remote.drained(),
    request: (payload) => remote.emitWithAck("q", payload),
    setWindow: () => {},
  };
};

export const connectIdle: ConnectIdle = async (url, id) => {
  const client = await connectClient(url, { clientId: id });
  return () => client.state === "online";
};

export const connectMember: ConnectMember = async (url, id, name) => {
  const client = await connectClient(url, { clientId: id });
  await client.join(name);
  return { isBack: () => client.state === "online" };
};
