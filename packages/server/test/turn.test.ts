import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { createRelay } from "../src/index.ts";
import { iceServersFor } from "../src/turn/credentials.ts";
import { connect, startRelay } from "./support.ts";

const turn = { urls: ["turn:turn.example.org:3478", "stun:turn.example.org:3478"], secret: "a shared secret" };

test("credentials are those that coturn expects", () => {
  const settings = { turnUrls: ["turn:a:1"], stunUrls: ["stun:a:1"], secret: "north", ttlSeconds: 600 };

  const servers = iceServersFor("ali:ce ü", settings, 1_433_895_318_900);

  const username = "1433895918:ali%3Ace%20%C3%BC";
  const credential = createHmac("sha1", "north").update(username).digest("base64");
  expect(servers).toEqual([{ urls: ["stun:a:1"] }, { urls: ["turn:a:1"], username, credential }]);
});

test("a client is answered with servers for itself; without the option with none, and authorize may refuse", async () => {
  await using relay = await startRelay({ turn, authorize: ({ type, from }) => type !== "ice-servers" || from !== "mallory" });
  await using bare = await startRelay();
  using alice = await connect(relay.url, "alice");
  using mallory = await connect(relay.url, "mallory");
  using bob = await connect(bare.url, "bob");

  const answer = await alice.ok({ type: "ice-servers" });

  expect(answer).toMatchObject({
    ttlSeconds: 3600,
    iceServers: [{ urls: ["stun:turn.example.org:3478"] }, { username: expect.stringMatching(/^[0-9]+:alice$/) }],
  });
  expect(JSON.stringify(answer)).not.toContain(turn.secret);
  expect(await mallory.code({ type: "ice-servers" })).toBe("FORBIDDEN");
  expect(await bob.ok({ type: "ice-servers" })).toEqual({ iceServers: [], ttlSeconds: 0 });
});

test.each<[object, string]>([
  [{ ...turn, urls: [] }, "option turn.urls must be one to 16 URLs"],
  [{ ...turn, urls: "http://turn.example.org" }, 'option turn.urls: "http://turn.example.org" is no URL like'],
  [{ ...turn, secret: "" }, "option turn.secret must be a string that is not empty"],
  [{ ...turn, ttlSeconds: 5 }, "option turn.ttlSeconds must be a whole number from 60 to 604800, not 5"],
  [{ ...turn, ttl: 5 }, 'unknown option turn "ttl"; there are urls, secret, ttlSeconds'],
])("a wrong option is one clear line: %j", (given, message) => {
  expect(() => createRelay({ turn: given as typeof turn })).toThrow(message);
});
