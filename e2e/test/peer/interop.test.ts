import type { RtcBackend } from "@peerloom/core";
import { nodeDatachannelRtc } from "@peerloom/rtc-node/node-datachannel";
import { weriftRtc } from "@peerloom/rtc-node/werift";
import { wrtcRtc } from "@peerloom/rtc-node/wrtc";
import type { Browser as Chromium } from "playwright-core";
import type { Browser as Firefox } from "puppeteer-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { firstTab, startFirefox } from "../../support/firefox.ts";
import type { Tab } from "../../support/firefox.ts";
import { play } from "../../support/interop.ts";
import type { Outcome, Surroundings } from "../../support/interop.ts";
import { startChromium } from "../chromium.ts";

/** One end: it plays its role, carries messages out by `send`, and takes those for it. */
interface End {
  readonly outcome: Promise<Outcome>;
  readonly deliver: (message: string) => void;
}
type StartEnd = (role: "offers" | "answers", send: (message: string) => void) => Promise<End>;

const mebibyte = 1024 * 1024;
const marks = { chunkBytes: 16 * 1024, highWaterBytes: mebibyte, lowWaterBytes: mebibyte / 4 };

let chromium: Chromium;
let firefox: Firefox;

beforeAll(async () => {
  [chromium, firefox] = await Promise.all([startChromium(), startFirefox()]);
});
afterAll(async () => {
  await Promise.all([chromium?.close(), firefox?.close()]);
});

const inNode =
  ({ RTCPeerConnection, channel: { highWaterBytes, lowWaterBytes } }: RtcBackend): StartEnd =>
  async (role, send) => {
    let deliver: (message: string) => void = () => {};
    const onMessage: Surroundings["onMessage"] = (listener) => (deliver = listener);
    const outcome = play(role, { RTCPeerConnection, send, onMessage, chunkBytes: marks.chunkBytes, highWaterBytes, lowWaterBytes });
    return { outcome, deliver: (message) => deliver(message) };
  };

const inPage =
  (open: () => Promise<Tab>): StartEnd =>
  async (role, send) => {
    const page = await open();
    await page.exposeFunction("carry", send);
    await page.evaluate("globalThis.kept = []; globalThis.deliver = (message) => kept.push(message);");
    const onMessage = "(listener) => { globalThis.deliver = listener; kept.forEach(listener); }";
    const around = `{ RTCPeerConnection, send: (message) => carry(message), onMessage: ${onMessage}, ...${JSON.stringify(marks)} }`;
    const played = async (): Promise<Outcome> => {
      try {
        return (await page.evaluate(`(${play.toString()})(${JSON.stringify(role)}, ${around})`)) as Outcome;
      } finally {
        await page.close();
      }
    };
    return {
      outcome: played(),
      deliver: (message) => void page.evaluate(`deliver(${JSON.stringify(message)})`).catch(() => {}),
    };
  };

const ends: Record<string, StartEnd> = {
  Chromium: inPage(() => chromium.newPage()),
  Firefox: inPage(() => firstTab(firefox)),
  werift: inNode(weriftRtc()),
  "node-datachannel": inNode(nodeDatachannelRtc()),
  wrtc: inNode(wrtcRtc()),
};
const names = Object.keys(ends);
/** Each pair once, and each offers to some and answers others. */
const pairs = names.flatMap((left, index) =>
  names
    .slice(0, index)
    .map((right, other) => ((index + other) % 2 === 0 ? { offers: left, answers: right } : { offers: right, answers: left })),
);

test.each(pairs)("$offers offers, $answers answers: channels, a mebibyte through each, and their ends", async ({ offers, answers }) => {
  let toLeft: End["deliver"] = () => {};
  let toRight: End["deliver"] = () => {};
  const right = await ends[answers]?.("answers", (message) => toLeft(message));
  if (!right) throw new Error(`no ${answers}`);
  toRight = right.deliver;
  const kept: string[] = [];
  toLeft = (message) => kept.push(message);
  const left = await ends[offers]?.("offers", (message) => toRight(message));
  if (!left) throw new Error(`no ${offers}`);
  toLeft = left.deliver;
  for (const message of kept) toLeft(message);
  const [leftOutcome, rightOutcome] = await Promise.all([left.outcome, right.outcome]);

  const shared = { received: { control: mebibyte, bulk: mebibyte }, isIntact: true, bulk: { label: "bulk", protocol: "test" } };
  expect(leftOutcome).toEqual({ ...shared, greeting: "hello from who answers", ends: ["bulk"] });
  expect(rightOutcome).toEqual({ ...shared, greeting: "hello from who offers", ends: ["bulk", "control"] });
});
