import { deferred } from "@peerloom/core";
import { createRelay } from "@peerloom/server";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { DriverPage } from "../../programs/driver-page.ts";
import { startNatsServer } from "../../support/nats-server.ts";
import { servePage, type ServedPage } from "../../support/page.ts";
import { startChromium } from "../chromium.ts";

// The whole suite runs in the page, over the page's own WebSockets and channels.

let browser: Browser;
let served: ServedPage;
beforeAll(async () => {
  [browser, served] = await Promise.all([startChromium(), servePage("driver-page")]);
});
afterAll(async () => {
  await browser?.close();
  await served?.[Symbol.asyncDispose]();
});

interface Medium {
  readonly cut?: () => Promise<void>;
  readonly restore?: () => Promise<void>;
}

async function openPage(context: BrowserContext, { cut = async () => {}, restore = async () => {} }: Medium = {}): Promise<Page> {
  const page = await context.newPage();
  page.on("pageerror", (error) => {
    throw error;
  });
  await page.exposeFunction("cut", cut);
  await page.exposeFunction("restore", restore);
  await page.goto(served.url);
  return page;
}

function runCases(page: Page, medium: string, url = ""): ReturnType<DriverPage["runCases"]> {
  return page.evaluate(([name, at]) => (globalThis as unknown as DriverPage).runCases(name, at), [medium, url] as const);
}

test("a page passes the suite over NATS' WebSocket, with a server that is killed and started again", async () => {
  await using context = await browser.newContext();
  await using server = await startNatsServer();
  const page = await openPage(context, { cut: () => server.kill(), restore: () => server.start() });

  const { passed, failed } = await runCases(page, "nats", server.websocketUrl);

  expect(failed).toEqual([]);
  expect(passed).toBeGreaterThan(15);
});

test("a page passes the suite over a relay that is restarted", async () => {
  await using context = await browser.newContext();
  const start = () => createRelay({ port: 0, signaling: true, warn: () => {} });
  let relay = start();
  const { url, port } = await relay.listen();
  const restore = async (): Promise<void> => {
    relay = start();
    await relay.listen(port);
  };
  const page = await openPage(context, { cut: () => relay.close(), restore });

  const { passed, failed } = await runCases(page, "socket.io", `${url}/peerloom`);
  await relay.close();

  expect(failed).toEqual([]);
  expect(passed).toBeGreaterThan(15);
});

test("a page passes the suite over a BroadcastChannel", async () => {
  await using context = await browser.newContext();
  const page = await openPage(context);

  const { passed, failed } = await runCases(page, "broadcast-channel");

  expect(failed).toEqual([]);
  expect(passed).toBeGreaterThan(10);
});

test("two tabs meet over a BroadcastChannel", async () => {
  await using context = await browser.newContext();
  const [left, right] = [await openPage(context), await openPage(context)];
  const ready = deferred<void>();
  await right.exposeFunction("ready", () => ready.resolve());

  const heard = right.evaluate(() => {
    const { hear, ready } = globalThis as unknown as DriverPage & { ready: () => Promise<void> };
    return hear("tabs", ready);
  });
  await ready.promise;
  await left.evaluate(() => (globalThis as unknown as DriverPage).say("tabs", "hello"));

  expect(await heard).toBe("hello");
});
