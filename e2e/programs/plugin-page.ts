import { p2pClientPlugin } from "@peerloom/client/plugin";
import { io } from "socket.io-client";

/** What the page can be told to do. */
export interface PluginPage {
  /** Deals with the program `node` by every part of the plugin; resolves to what came back. */
  readonly play: (url: string) => Promise<Readonly<Record<string, unknown>>>;
}

const play: PluginPage["play"] = async (url) => {
  const socket = p2pClientPlugin(io(url, { transports: ["websocket"] }), "page", { isService: true });
  const target = new Promise<string>((resolve) => socket.onAddP2pTarget(resolve));
  const news = Promise.withResolvers<string>();
  await socket.subscribeTopic("clock", "news", news.resolve);
  const said = new Promise((resolve) => void socket.once("say", resolve));
  const asked = Promise.withResolvers<void>();
  await socket.provideService("agent", (reply: (isChrome: boolean) => void) => {
    reply(navigator.userAgent.includes("Chrome"));
    asked.resolve();
  });
  await socket.joinRoom("lobby");
  await socket.addP2pTarget("node");
  const ack = await new Promise((resolve) => socket.emitTo("node", "sum", 1, 2, resolve));
  const served = await new Promise((resolve) => socket.emitService("clock", "time", resolve));

  const duplex = await socket.addP2pStream("node");
  const received: Uint8Array[] = [];
  duplex.on("data", (chunk: Uint8Array) => received.push(chunk));
  const ended = new Promise((resolve) => duplex.on("end", resolve));
  for (let n = 0; n < 64; n++) duplex.write(new Uint8Array(16_384).fill(n));
  duplex.end();
  await ended;
  const bytes = received.reduce((sum, { length }) => sum + length, 0);
  const last = received.at(-1)?.at(-1);

  const results = { target: await target, news: await news.promise, said: await said, ack, served, bytes, last, clientId: socket.clientId };
  await asked.promise;
  socket.disconnect();
  await socket.peerloom.close();
  return results;
};

Object.assign(globalThis, { play } satisfies PluginPage);
