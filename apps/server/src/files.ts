import { existsSync, globSync, readFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { extname, join } from "node:path";

/** A small file, read once. */
export interface StaticFile {
  readonly type: string;
  readonly bytes: Buffer;
}

/** Files by the path under which they are served; nothing else can be reached. */
export type Files = ReadonlyMap<string, StaticFile>;

const types: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
};

/** The pages, styles and scripts right in `dir`; none when it is not there. */
export function readFiles(dir: string): [string, StaticFile][] {
  if (!existsSync(dir)) return [];
  return globSync("*.{css,html,js}", { cwd: dir }).map((name) => [name, readStatic(join(dir, name))]);
}

export function readStatic(path: string): StaticFile {
  return { type: types[extname(path)] ?? "application/octet-stream", bytes: readFileSync(path) };
}

/** Answers with a file; it is asked for again each time. */
export function send(response: ServerResponse, { type, bytes }: StaticFile): void {
  response.writeHead(200, { "Content-Type": type, "Content-Length": bytes.length, "Cache-Control": "no-cache" });
  response.end(bytes);
}
