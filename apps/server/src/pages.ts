import { existsSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import sirv from "sirv";

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** Scripts, styles and sockets from here only: what somebody writes can never run. */
const policy = [
  "default-src 'self'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

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
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("Referrer-Policy", "no-referrer");
    response.setHeader("Content-Security-Policy", policy);
    if (request.method !== "GET" && request.method !== "HEAD") return answer(response, 405, "Only GET and HEAD are served here.");
    return serve(request, response, () => answer(response, 404, "There is no such page."));
  };
}

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8" });
  response.end(`${text}\n`);
}
