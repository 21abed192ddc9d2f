import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import * as node from "@peerloom/client/plugin";
import { p2pServerPlugin } from "@peerloom/server/plugin";
import { Duplex } from "readable-stream";
import { Server } from "socket.io";
import { io } from "socket.io-client";
import { expect, test } from "vitest";
import * as browser from "../../src/plugin.ts";

test("both flavours of the entry point export the same", () => {
  expect([node, browser].map((entry) => Object.keys(entry))).toEqual([["p2pClientPlugin"], ["p2pClientPlugin"]]);
});

test("the flavour for browsers has streams of readable-stream, and talks with the other", async () => {
  const http = createServer();
  await using server = { io: p2pServerPlugin(new Server(http), { warn: () => {} }), [Symbol.asyncDispose]: () => server.io.close() };
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const page = browser.p2pClientPlugin(io(url, { forceNew: true }), "page");
  const program = node.p2pClientPlugin(io(url, { forceNew: true }), "program");
  await Promise.all([page.ready, program.ready]);
  program.onAddP2pStream((duplex) => duplex.pipe(duplex));

  const duplex = await page.addP2pStream("program");
  duplex.end("there and back");

  expect(duplex).toBeInstanceOf(Duplex);
  expect(await text(duplex)).toBe("there and back");
  page.disconnect();
  program.disconnect();
  await Promise.all([page.peerloom.close(), program.peerloom.close()]);
});
