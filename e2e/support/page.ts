import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { build, type Rolldown } from "vite";

const folder = join(import.meta.dirname, "..");

/** A page on a port of this machine that runs a program of `programs`. */
export interface ServedPage extends AsyncDisposable {
  readonly url: string;
}

/** A program of `programs` as one script, made from the packages' sources. */
export async function bundle(program: string): Promise<string> {
  const output = await build({
    root: folder,
    configFile: false,
    logLevel: "error",
    resolve: { conditions: ["@peerloom/source", "module", "browser", "production"] },
    build: {
      write: false,
      minify: false,
      target: "es2022",
      rolldownOptions: { input: join(folder, "programs", `${program}.ts`), output: { format: "iife" } },
    },
  });
  const [chunk] = ([output].flat() as Rolldown.RolldownOutput[]).flatMap((part) => part.output.filter(({ type }) => type === "chunk"));
  return (chunk as Rolldown.OutputChunk).code;
}

/** Bundles a program and serves it. */
export async function servePage(program: string): Promise<ServedPage> {
  const script = await bundle(program);
  const server = createServer(({ url }, response) => {
    const isScript = url === "/page.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
    response.end(isScript ? script : '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script src="page.js"></script>');
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: close };
}
