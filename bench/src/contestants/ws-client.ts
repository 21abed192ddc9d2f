import { once } from "node:events";
import { WebSocket } from "ws";
import { Window } from "./window.ts";
import type { Connect, ConnectIdle } from "./wire.ts";

type Frame = ["m", unknown] | ["q" | "r", number, unknown] | ["a", number];

async function open(url: string, id: string): Promise<WebSocket> {
  const socket = new WebSocket(`${url}/${id}`, { perMessageDeflate: false });
  await once(socket, "open");
  return socket;
}

/** JSON in text frames, bytes in binary frames, each after `<peer>\n`. */
export const connect: Connect = async (url, id, peer, handlers) => {
  const socket = await open(url, id);
  const header = Buffer.from(`${peer}\n`);
  const answers = new Map<number, (value: unknown) => void>();
  let requests = 0;
  const post = (frame: Frame): void => socket.send(`${peer}\n${JSON.stringify(frame)}`);
  const window = new Window((received) => post(["a", received]));
  const take = (payload: unknown): void => {
    handlers.message(payload);
    window.received();
  };
  const takeFrame = (frame: Frame): void => {
    switch (frame[0]) {
      case "m":
        return take(frame[1]);
      case "q":
        return post(["r", frame[1], handlers.request(frame[2])]);
      case "r":
        answers.get(frame[1])?.(frame[2]);
        answers.delete(frame[1]);
        return;
      case "a":
        return window.acked(frame[1]);
    }
  };
  socket.on("message", (data: Buffer, isBinary) => (isBinary ? take(data) : takeFrame(JSON.parse(data.toString()) as Frame)));
  return {
    send(payload) {
      if (typeof payload === "string") post(["m", payload]);
      else socket.send(Buffer.concat([header, payload]));
      return window.sent();
    },
    drained: () => window.drained(),
    request: (payload) =>
      new Promise((resolve) => {
        answers.set(++requests, resolve);
        post(["q", requests, payload]);
      }),
    setWindow: (messages) => window.reset(messages),
  };
};

export const connectIdle: ConnectIdle = async (url, id) => {
  const socket = await open(url, id);
  return () => socket.readyState === WebSocket.OPEN;
};
