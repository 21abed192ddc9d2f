import { nodeDatachannelRtc } from "@peerloom/rtc-node/node-datachannel";
import { weriftRtc } from "@peerloom/rtc-node/werift";
import { wrtcRtc } from "@peerloom/rtc-node/wrtc";
import type { Browser as Chromium } from "playwright-core";
import type { Browser as Firefox } from "puppeteer-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { firstTab, startFirefox } from "../../support/firefox.ts";
import type { Tab } from "../../support/firefox.ts";
import { servePage } from "../../support/page.ts";
import type { ServedPage } from "../../support/page.ts";
import { RoomHub } from "../../support/room-process.ts";
import type { RoomEnd } from "../../support/room-process.ts";
import { meetInRoom } from "../../support/room.ts";
import type { RoomLine } from "../../support/room.ts";
import { startChromium } from "../chromium.ts";

interface Started extends AsyncDisposable {
  readonly end: RoomEnd;
}
type Start = (hub: RoomHub, id: string) => Promise<Started>;

let served: ServedPage;
let chromium: Chromium;
let firefox: Firefox;

beforeAll(async () => {
  [served, chromium, firefox] = await Promise.all([servePage("room-page"), startChromium(), startFirefox()]);
});
afterAll(async () => {
  await Promise.all([chromium?.close(), firefox?.close(), served?.[Symbol.asyncDispose]()]);
});

const inPage =
  (open: () => Promise<Tab>): Start =>
  async (hub, id) => {
    const page = await open();
    const { end, take } = hub.add((line) => void page.evaluate(`globalThis.deliver?.(${JSON.stringify(line)})`).catch(() => {}));
    await page.exposeFunction("carry", take);
    await page.goto(served.url);
    await page.evaluate(`start(${JSON.stringify(id)})`);
    return { end, [Symbol.asyncDispose]: () => page.close() };
  };

const inNode =
  (rtc: ReturnType<typeof weriftRtc>): Start =>
  async (hub, id) => {
    let deliver: (line: RoomLine) => void = () => {};
    const { end, take } = hub.add((line) => setImmediate(() => deliver(line)));
    const peer = await meetInRoom({ id, rtc, say: take, onLine: (listener) => (deliver = listener) });
    return { end, [Symbol.asyncDispose]: () => peer[Symbol.asyncDispose]() };
  };

const kinds: Record<string, Start> = {
  Chromium: inPage(() => chromium.newPage()),
  Firefox: inPage(() => firstTab(firefox)),
  werift: inNode(weriftRtc()),
  // Before node-datachannel, so that it leads: wrtc at times loses what comes together with a channel that the other opens.
  wrtc: inNode(wrtcRtc()),
  "node-datachannel": inNode(nodeDatachannelRtc()),
};
const pairs = Object.keys(kinds).flatMap((left, index, all) => all.slice(index + 1).map((right) => ({ left, right })));

test.each(pairs)("peers on $left and $right meet in a room, and each gets what the other sends", async ({ left, right }) => {
  const hub = new RoomHub();
  await using one = (await kinds[left]?.(hub, "one")) as Started;
  await using two = (await kinds[right]?.(hub, "two")) as Started;

  const got = await Promise.all([
    one.end.until("got", "hello from two"),
    two.end.until("got", "hello from one"),
    one.end.until("got", 1024 * 1024),
    two.end.until("got", 1024 * 1024),
  ]);

  expect(got).toHaveLength(4);
  expect([...one.end.reports, ...two.end.reports].filter(({ event }) => event === "error")).toEqual([]);
});
