import { existsSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import sirv from "sirv";
import { answer } from "./answer.ts";

export type Handler = (request: IncomingMessage, response: ServerResponse) => unknown;

/**
 * Serves the files that are in `dir` now. Files whose names carry a hash of their content may be kept for ever, all others are
 * asked for again.
 *
 * @throws Error when there is no page.
 */
export function servePages(dir: string): Handler {
  if (!existsSync(join(dir, "index.html"))) {
    throw new Error(`the page is not built: ${dir} has no index.html; run "npx -y pnpm@12 build" first`);
  }
  const serve = sirv(dir, {
    etag: true,
    setHeaders: (response, path) => {
      response.setHeader("Cache-Control", path.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache");
    },
  });
  return (request, response) => {
    if (request.method !== "GET" && request.method !== "HEAD") return answer(response, 405, "Only GET and HEAD are served here.");
    return serve(request, response, () => answer(response, 404, "There is no such page."));
  };
}
