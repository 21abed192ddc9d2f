import { expect, test } from "vitest";
import * as index from "../src/index.ts";
import * as media from "../src/media.ts";
import * as native from "../src/node-datachannel.ts";
import * as werift from "../src/werift.ts";
import * as wrtc from "../src/wrtc.ts";

test("the entries export what they say", () => {
  const names = { index, media, native, werift, wrtc };
  const listed = Object.fromEntries(Object.entries(names).map(([entry, own]) => [entry, Object.keys(own).sort()]));

  expect(listed).toEqual({
    index: ["rtc", "weriftRtc"],
    media: ["publishFile", "publishFrames", "recordTracks", "webmFrames"],
    native: ["nodeDatachannelRtc"],
    werift: ["weriftRtc"],
    wrtc: ["wrtcRtc"],
  });
});
