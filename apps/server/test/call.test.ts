import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { serveCall } from "../src/call.ts";

const server = createServer(serveCall());

beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(() => {
  server.close();
});

test.each([
  ["/call/", 200, "text/html; charset=utf-8"],
  ["/call/call.js", 200, "text/javascript; charset=utf-8"],
  ["/call/call.css", 200, "text/css; charset=utf-8"],
  ["/call/socket.io.js", 200, "text/javascript; charset=utf-8"],
  ["/call/server.ts", 404, "text/plain; charset=utf-8"],
  ["/call/%2e%2e%2fserver.ts", 404, "text/plain; charset=utf-8"],
])("%s is answered by %d, as %s", async (path, status, type) => {
  const { port } = server.address() as AddressInfo;

  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  await response.text();

  expect([response.status, response.headers.get("content-type")]).toEqual([status, type]);
});
