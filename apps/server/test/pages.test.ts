import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import type { IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { servePages } from "../src/pages.ts";

const folder = mkdtempSync(join(tmpdir(), "peerloom-pages-"));
const server = createServer();

beforeAll(async () => {
  mkdirSync(join(folder, "dist", "assets"), { recursive: true });
  writeFileSync(join(folder, "secret.txt"), "not for you");
  writeFileSync(join(folder, "dist", "index.html"), "<h1>chat</h1>");
  writeFileSync(join(folder, "dist", "icon.svg"), "<svg/>");
  writeFileSync(join(folder, "dist", ".hidden"), "not for you");
  writeFileSync(join(folder, "dist", "assets", "index-1a2b.js"), "1");
  writeFileSync(join(folder, "dist", "assets", "index-3c4d.css"), "a{}");
  server.on("request", servePages(join(folder, "dist"))).listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Sends the path as it is: `fetch` would tidy it up. */
async function get(path: string, method = "GET"): Promise<Answer> {
  const { port } = server.address() as AddressInfo;
  const sent = request({ port, host: "127.0.0.1", path, method, agent: false }).end();
  const [response] = await once(sent, "response");
  let body = "";
  for await (const chunk of response) body += String(chunk);
  return { status: response.statusCode, headers: response.headers, body };
}

const forever = "public, max-age=31536000, immutable";

test.each([
  ["/", "text/html;charset=utf-8", "no-cache"],
  ["/index.html", "text/html;charset=utf-8", "no-cache"],
  ["/icon.svg", "image/svg+xml", "no-cache"],
  ["/assets/index-1a2b.js", "text/javascript", forever],
  ["/assets/index-3c4d.css", "text/css", forever],
])("%s is served as %s and may be kept: %s", async (path, type, caching) => {
  const { status, headers } = await get(path);

  expect(status).toBe(200);
  expect(headers["content-type"]).toBe(type);
  expect(headers["cache-control"]).toBe(caching);
});

test.each([
  "/../secret.txt",
  "/assets/../../secret.txt",
  "/%2e%2e/secret.txt",
  "/..%2fsecret.txt",
  "/%2e%2e%5csecret.txt",
  "//secret.txt",
  "/.hidden",
  "/%",
  "/none",
])("%s is not there", async (path) => {
  const { status, body } = await get(path);

  expect(status).toBe(404);
  expect(body).toBe("There is no such page.\n");
});

test("a page that has not changed is not sent again", async () => {
  const first = await get("/");
  const { port } = server.address() as AddressInfo;

  const again = await fetch(`http://127.0.0.1:${port}/`, { headers: { "If-None-Match": first.headers.etag ?? "" } });

  expect(again.status).toBe(304);
});

test("nothing can be posted", async () => {
  expect(await get("/", "POST")).toMatchObject({ status: 405 });
});

test("a folder without a page is refused", () => {
  expect(() => servePages(folder)).toThrow(`the page is not built: ${folder} has no index.html; run "npx -y pnpm@12 build" first`);
});
