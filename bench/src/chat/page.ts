import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { build, type Rolldown } from "vite";

const root = join(import.meta.dirname, "..", "..", "..", "apps", "chat");
const types: Readonly<Record<string, string>> = { html: "text/html", js: "text/javascript", css: "text/css" };

/** Builds the chat as people get it, and serves it from memory. */
export async function buildPage(): Promise<(request: IncomingMessage, response: ServerResponse) => void> {
  const built = await build({ root, logLevel: "error", build: { write: false } });
  const files = new Map<string, string | Uint8Array>(
    ([built].flat() as Rolldown.RolldownOutput[]).flatMap(({ output }) =>
      output.map((file) => [`/${file.fileName}`, file.type === "chunk" ? file.code : file.source] as const),
    ),
  );
  return ({ url = "/" }, response) => {
    const path = url === "/" ? "/index.html" : url;
    const file = files.get(path);
    // The page's picture is not built, and not needed here.
    response.writeHead(file === undefined ? 204 : 200, { "content-type": types[path.split(".").at(-1) ?? ""] ?? "text/plain" });
    response.end(file);
  };
}
