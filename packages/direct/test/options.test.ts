import { direct } from "@peerloom/direct";
import { weriftRtc } from "@peerloom/rtc-node/werift";
import { expect, test } from "vitest";
import * as api from "../src/index.ts";

const rtc = weriftRtc();

test("exports", () => {
  expect(Object.keys(api)).toMatchInlineSnapshot(`
    [
      "direct",
    ]
  `);
});

test.each([
  ["policy", { rtc, policy: "always" as never }],
  ["accepts", { rtc, accepts: "all" as never }],
  ["maxPeers", { rtc, maxPeers: 0 }],
  ["heartbeatMs", { rtc, heartbeatMs: 1 }],
  ["retryMaxMs", { rtc, retryMaxMs: 10 }],
])("a wrong %s is named", (name, options) => {
  expect(() => direct(options)).toThrow(name);
});

test("a platform without WebRTC says NO_WEBRTC at once", () => {
  expect(() => direct()).toThrow(expect.objectContaining({ code: "NO_WEBRTC" }));
});
