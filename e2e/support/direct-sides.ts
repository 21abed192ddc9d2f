import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Browser } from "playwright-core";
import type { DirectPage } from "../programs/direct-page.ts";
import type { SideOptions, SideOrder, SideReport } from "./direct-side.ts";
import type { OnePlace } from "./one-place.ts";
import { bundle } from "./page.ts";

/** One side of a long talk, seen from the test. */
export interface Side extends AsyncDisposable {
  readonly reports: Reports;
  order(order: SideOrder): void;
}

/** What a side has reported. */
class Reports {
  readonly all: SideReport[] = [];
  readonly #looks = new Set<() => void>();
  /** The newest detail of each event. */
  readonly latest = new Map<string, unknown>();

  readonly take = (report: SideReport): void => {
    this.all.push(report);
    this.latest.set(report.event, report.detail);
    for (const look of this.#looks) look();
  };

  /** Resolves when this holds. */
  until(holds: () => boolean): Promise<void> {
    if (holds()) return Promise.resolve();
    return new Promise((resolve) => {
      const look = (): void => {
        if (!holds()) return;
        this.#looks.delete(look);
        resolve();
      };
      this.#looks.add(look);
    });
  }

  /** Resolves when the newest detail of this event is this one. */
  untilLatest(event: SideReport["event"], detail: unknown): Promise<void> {
    return this.until(() => this.latest.get(event) === detail);
  }
}

/** A side in a Node process of its own. */
export function startNodeSide(place: OnePlace, backend: string, options: SideOptions): Side {
  const program = [process.execPath, "--conditions=@peerloom/source", join(import.meta.dirname, "../programs/direct-peer.ts")];
  const [command, ...args] = [...place.prefix, ...program, backend, JSON.stringify(options)];
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.on("error", () => {}); // it was killed
  const ended = once(child, "exit");
  const reports = new Reports();
  createInterface({ input: child.stdout }).on("line", (line) => reports.take(JSON.parse(line) as SideReport));
  return {
    reports,
    order: (order) => void child.stdin.write(`${JSON.stringify(order)}\n`),
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

const nowhere = "http://127.0.0.1:1/";

/** A side in a page of this browser; the page is served from nowhere, for the browser may be in a place that the test is not in. */
export async function startPageSide(browser: Browser, options: SideOptions): Promise<Side> {
  const script = await bundle("direct-page");
  const page = await browser.newPage();
  const reports = new Reports();
  await page.exposeFunction("reportToTest", reports.take);
  page.on("pageerror", (error) => reports.take({ event: "problem", detail: String(error) }));
  await page.route(`${nowhere}**`, (route) =>
    route.request().url() === `${nowhere}page.js`
      ? route.fulfill({ contentType: "text/javascript", body: script })
      : route.fulfill({ contentType: "text/html", body: '<!doctype html><meta charset="utf-8"><script src="page.js"></script>' }),
  );
  await page.goto(nowhere);
  const begun = page.evaluate((given) => (globalThis as unknown as DirectPage).begin(given), options);
  begun.catch((error: unknown) => reports.take({ event: "problem", detail: String(error) }));
  return {
    reports,
    order: (order) => {
      page.evaluate((given) => (globalThis as unknown as DirectPage).order(given), order).catch(() => {}); // the page was closed
    },
    [Symbol.asyncDispose]: () => page.close(),
  };
}
