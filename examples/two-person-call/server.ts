// A call between two people: serves the page, socket.io's client and the signaling. Run it with `node server.ts`, and open
// http://localhost:8080/?room=anything in two windows. Cameras need https, or localhost.
import { readFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { fileURLToPath } from "node:url";
import { createRelay } from "@peerloom/server";

const files: Readonly<Record<string, readonly [url: string, type: string]>> = {
  "/": [import.meta.resolve("./page/index.html"), "text/html; charset=utf-8"],
  "/call.js": [import.meta.resolve("./page/call.js"), "text/javascript"],
  "/call.css": [import.meta.resolve("./page/call.css"), "text/css"],
  "/socket.io.js": [import.meta.resolve("socket.io-client/dist/socket.io.js"), "text/javascript"],
};

async function answer(path: string, response: ServerResponse): Promise<void> {
  const file = Object.hasOwn(files, path) ? files[path] : undefined;
  if (file === undefined) return void response.writeHead(404).end("not found\n");
  const [url, type] = file;
  response.writeHead(200, { "content-type": type }).end(await readFile(fileURLToPath(url)));
}

const relay = createRelay({
  port: Number(process.env["PORT"] ?? 8080),
  plainSignaling: { membersPerRoom: 2 },
  requestHandler: ({ url = "/" }, response) => answer(new URL(url, "http://localhost").pathname, response),
});
const { url } = await relay.listen();
console.log(`Listening on ${url}`);
process.once("SIGTERM", () => void relay.close());
process.once("SIGINT", () => void relay.close());
