import { expect, test } from "vitest";
import { Outbox } from "../../src/media/outbox.ts";
import type { Publication } from "../../src/media/publication.ts";

const publication = (label: string, track: Partial<MediaStreamTrack>): Publication => ({
  label,
  stream: {} as MediaStream,
  metadata: undefined,
  audioParameters: {},
  videoParameters: {},
  filter: undefined,
  tracks: [{ track: track as MediaStreamTrack, isMuted: false }],
});

/** A connection that takes tracks of sound only. */
const picky = {
  addTransceiver: (track: MediaStreamTrack) => {
    if (track.kind !== "audio") throw new DOMException("no video here", "NotSupportedError");
    return { mid: null, stop: () => {} };
  },
} as unknown as RTCPeerConnection;

test("what cannot be sent is reported once, and keeps nothing else from being offered", async () => {
  const errors: unknown[] = [];
  const outbox = new Outbox((error) => errors.push(error));
  const wanted = [
    publication("before", { id: "1", kind: "audio" }),
    publication("camera", { id: "2", kind: "video" }),
    publication("after", { id: "3", kind: "audio" }),
  ];

  expect(await outbox.arrange(picky, wanted, [])).toBe("offer");
  expect(await outbox.arrange(picky, wanted, [])).toBe("nothing");
  expect(errors).toMatchObject([{ name: "NotSupportedError" }]);
  expect(outbox.list().map(({ label, tracks }) => [label, tracks.length])).toEqual([
    ["before", 1],
    ["camera", 0],
    ["after", 1],
  ]);
});
