import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { answer } from "./answer.ts";
import { readFiles, readStatic, send, type Files } from "./files.ts";
import type { Handler } from "./pages.ts";

const folder = join(import.meta.dirname, "..", "..", "..", "examples", "two-person-call", "page");

/** Serves the example of plain signaling under `/call/`: a page that uses nothing of ours, but socket.io-client and the browser. */
export function serveCall(): Handler {
  const client = fileURLToPath(import.meta.resolve("socket.io-client/dist/socket.io.js"));
  const files: Files = new Map([...readFiles(folder), ["socket.io.js", readStatic(client)]]);
  return (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const file = files.get(pathname.slice("/call/".length) || "index.html");
    if (request.method !== "GET" && request.method !== "HEAD") answer(response, 405, "Only GET and HEAD are served here.");
    else if (file === undefined) answer(response, 404, "There is no such page.");
    else send(response, file);
  };
}
