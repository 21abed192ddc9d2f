import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import { build } from "vite";
import { chromiumLaunch } from "../../../tools/lib/chromium.ts";
import type { Lab, RemoteSide } from "./lab.ts";
import { servePeerjs, serveTrystero } from "./servers.ts";
import type { Side } from "./side.ts";

/** Two tabs are measured, and one of them is always in the background. */
const bothAwake = ["--disable-background-timer-throttling", "--disable-backgrounding-occluded-windows", "--disable-renderer-backgrounding"];

type Global = typeof globalThis & { start: (given: object) => Side; side: Side };

/** Two pages in one Chromium with all contestants. */
export async function chromiumLab(): Promise<Lab> {
  const [peerjs, trystero] = await Promise.all([servePeerjs(), serveTrystero()]);
  const lab = await pageLab(join(import.meta.dirname, "page.ts"), { peerjs: peerjs.port, trystero: trystero.port });
  return {
    ...lab,
    close: async () => {
      await lab.close();
      await Promise.all([peerjs.close(), trystero.close()]);
    },
  };
}

/** Two pages in one Chromium that run the program `entry`, whose `start` is called with what is given. */
export async function pageLab(entry: string, given: object): Promise<Lab> {
  const [code, browser] = await Promise.all([bundle(entry), chromium.launch(chromiumLaunch(bothAwake, "/usr/bin/chromium"))]);
  const server = createServer((request, response) => {
    const isScript = request.url === "/page.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
    // An isolated page has a clock of 5 microseconds instead of 100.
    response.setHeader("cross-origin-opener-policy", "same-origin");
    response.setHeader("cross-origin-embedder-policy", "require-corp");
    response.end(isScript ? code : `<!doctype html><meta charset="utf-8"><script type="module" src="/page.js"></script>`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const context = await browser.newContext();
  const side = async (): Promise<RemoteSide> => {
    const page = await context.newPage();
    page.on("pageerror", (error) => console.error(`bench: in the page: ${error.message}`));
    await page.goto(url);
    await page.waitForFunction(() => "start" in globalThis);
    await page.evaluate((value) => void ((globalThis as Global).side = (globalThis as Global).start(value)), given);
    return pageSide(page);
  };
  return {
    a: await side(),
    b: await side(),
    fresh: async () => ({ a: await side(), b: await side() }),
    close: async () => {
      await browser.close();
      server.closeAllConnections();
      server.close();
    },
  };
}

function pageSide(page: Page): RemoteSide {
  return {
    open: (...given) => page.evaluate((values) => (globalThis as Global).side.open(...values), given),
    exercise: (...given) => page.evaluate((values) => (globalThis as Global).side.exercise(...values), given),
    leave: (room) => page.evaluate((value) => (globalThis as Global).side.close(value), room),
    end: () => page.close(),
  };
}

/** The page's script: of the built packages, unless the program itself runs from source. */
async function bundle(entry: string): Promise<string> {
  const isSource = process.execArgv.concat(process.env["NODE_OPTIONS"] ?? "").some((flag) => flag.includes("@peerloom/source"));
  const result = await build({
    configFile: false,
    logLevel: "warn",
    root: import.meta.dirname,
    resolve: { conditions: [...(isSource ? ["@peerloom/source"] : []), "module", "browser", "development|production"] },
    define: { "process.env.NODE_ENV": JSON.stringify("production") },
    build: {
      write: false,
      target: "es2022",
      lib: { entry, formats: ["es"], fileName: "page" },
    },
  });
  const [first] = [result].flat();
  const chunk = first && "output" in first ? first.output[0] : undefined;
  if (chunk?.type !== "chunk") throw new Error("the page could not be bundled");
  return chunk.code;
}
