import { open } from "./hand-client.ts";
import type { OpenPublisher, Subscribe } from "./wire.ts";

/** The relay hands on what is published with `io.to(room).emit`. */
export const openPublisher: OpenPublisher = async (url) => {
  const socket = await open(url, "publisher");
  return { publish: (payload) => void socket.emit("t", payload) };
};

export const subscribe: Subscribe = async (url, id, onMessage) => {
  const socket = await open(url, id);
  socket.on("t", onMessage);
  await socket.emitWithAck("subscribe");
};
