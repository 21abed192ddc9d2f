import { connect } from "@peerloom/client";
import type { OpenPublisher, Subscribe } from "./wire.ts";

const service = "bench";
const name = "ticks";

export const openPublisher: OpenPublisher = async (url) => {
  const client = await connect(url, { clientId: "publisher" });
  await client.provide(service, { ping: () => {} }).ready;
  const topic = client.createTopic(service, name);
  return { publish: (payload) => void topic.publish(payload) };
};

export const subscribe: Subscribe = async (url, id, onMessage) => {
  const client = await connect(url, { clientId: id });
  await client.subscribe(service, name, (payload: unknown) => onMessage(payload));
};
