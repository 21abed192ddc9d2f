import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";
import { build } from "vite";
import { chromiumLaunch } from "../../../../tools/lib/chromium.ts";

/** Chromium, and the pages of one bundle in it. */
export interface Lab extends AsyncDisposable {
  readonly browser: Browser;
  /** A page with what test/browser/page.ts puts there. What it logs as an error fails the test. */
  open(): Promise<Page>;
  /** What went wrong in any page and was not handled. */
  readonly failures: string[];
}

/** Starts the Chromium that the test command found, and serves the pages. */
export async function startLab(): Promise<Lab> {
  const [code, browser] = await Promise.all([bundle(), chromium.launch(chromiumLaunch())]);
  const server = createServer((request, response) => {
    const isScript = request.url === "/page.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
    response.end(isScript ? code : `<!doctype html><meta charset="utf-8"><script type="module" src="/page.js"></script>`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const context = await browser.newContext();
  const failures: string[] = [];
  return {
    browser,
    failures,
    async open() {
      const page = await context.newPage();
      page.on("pageerror", (error) => failures.push(String(error)));
      // What nats-server says at the end of a WebSocket connection is no close frame to Chromium.
      page.on("console", (message) => {
        if (message.type() === "error" && !message.text().includes("broken close frame")) failures.push(message.text());
      });
      await page.goto(url);
      await page.waitForFunction(() => "lab" in globalThis);
      return page;
    },
    async [Symbol.asyncDispose]() {
      await browser.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The page's script, from source. */
async function bundle(): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: "warn",
    root: join(import.meta.dirname, "../browser"),
    resolve: { conditions: ["@peerloom/source", "module", "browser", "development|production"] },
    build: {
      write: false,
      minify: false,
      target: "es2022",
      lib: { entry: join(import.meta.dirname, "../browser/page.ts"), formats: ["es"], fileName: "page" },
    },
  });
  const [first] = [result].flat();
  const chunk = first && "output" in first ? first.output[0] : undefined;
  if (chunk?.type !== "chunk") throw new Error("the page could not be bundled");
  return chunk.code;
}
