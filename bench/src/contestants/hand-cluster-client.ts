import { open } from "./hand-client.ts";
import { Window } from "./window.ts";
import type { Connect } from "./wire.ts";

export { connectIdle } from "./hand-client.ts";

/** The hand-written client of a cluster: socket.io's acknowledgements do not cross nodes as they are, so a request and its answer are events. */
export const connect: Connect = async (url, id, peer, handlers) => {
  const socket = await open(url, id);
  const window = new Window((received) => socket.emit("to", peer, "a", received));
  const waiting = new Map<number, (value: unknown) => void>();
  let requests = 0;
  socket.on("m", (payload: unknown) => {
    handlers.message(payload);
    window.received();
  });
  socket.on("q", (request: number, payload: unknown) => socket.emit("to", peer, "r", request, handlers.request(payload)));
  socket.on("r", (request: number, value: unknown) => {
    waiting.get(request)?.(value);
    waiting.delete(request);
  });
  socket.on("a", (received: number) => window.acked(received));
  return {
    send(payload) {
      socket.emit("to", peer, "m", payload);
      return window.sent();
    },
    drained: () => window.drained(),
    request: (payload) =>
      new Promise((resolve) => {
        waiting.set(++requests, resolve);
        socket.emit("to", peer, "q", requests, payload);
      }),
    setWindow: (messages) => window.reset(messages),
  };
};
