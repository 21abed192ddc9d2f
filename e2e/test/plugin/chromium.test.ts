import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { p2pClientPlugin } from "@peerloom/client/plugin";
import { p2pServerPlugin } from "@peerloom/server/plugin";
import { Server } from "socket.io";
import { io } from "socket.io-client";
import { expect, test } from "vitest";
import type { PluginPage } from "../../programs/plugin-page.ts";
import { servePage } from "../../support/page.ts";
import { startChromium } from "../chromium.ts";

test("a page with the plugin deals with a program by messages, rooms, streams, services and topics", async () => {
  await using served = await servePage("plugin-page");
  await using browser = await startChromium();
  const http = createServer();
  const server = p2pServerPlugin(new Server(http), { isService: true, warn: () => {} });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const clock = server.asService("clock");
  await clock.provideService("time", (reply: (time: number) => void) => reply(12));
  clock.createTopic("news");
  const node = p2pClientPlugin(io(url), "node");
  node.onAny("sum", (a: number, b: number, reply: (sum: number) => void) => reply(a + b));
  node.onAddP2pStream((duplex) => duplex.pipe(duplex));
  const isChrome = Promise.withResolvers<unknown>();
  node.onAddP2pTarget(async (from) => {
    await node.addP2pTarget(from);
    node.emitRoom("lobby", "say", "hello");
    node.emitService(from, "agent", isChrome.resolve);
    clock.publishTopic("news", "a page is here");
  });
  const gone = new Promise((resolve) => node.on("MULTI_API_TARGET_DISCONNECT", resolve));
  const page = await browser.newPage();
  const errors: unknown[] = [];
  page.on("pageerror", (error) => errors.push(error));
  await page.goto(served.url);

  const results = await page.evaluate((at) => (globalThis as unknown as PluginPage).play(at), url);

  expect(errors).toEqual([]);
  expect(results).toEqual({
    target: "node",
    news: "a page is here",
    said: "hello",
    ack: 3,
    served: 12,
    bytes: 1_048_576,
    last: 63,
    clientId: "page",
  });
  expect(await isChrome.promise).toBe(true);
  expect(await gone).toBe("page");
  node.disconnect();
  await server.close();
});
