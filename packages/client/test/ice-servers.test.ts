import { PeerloomError } from "@peerloom/core";
import { expect, test, vi } from "vitest";
import { IceServers } from "../src/ice-servers.ts";
import { TestRelay } from "./support/relay.ts";

test("the relay's TURN servers come with credentials in the client's name", async () => {
  await using relay = await TestRelay.start({ turn: { urls: "turn:turn.example.org:3478", secret: "shared" } });
  const alice = await relay.connect("alice");

  const [server, ...others] = await alice.iceServers();

  expect(others).toEqual([]);
  expect(server).toEqual({
    urls: ["turn:turn.example.org:3478"],
    username: expect.stringMatching(/^[0-9]+:alice$/),
    credential: expect.stringMatching(/^[A-Za-z0-9+/]{27}=$/),
  });
});

test("credentials are asked for again when half of their time is over, and kept while they hold if the relay cannot be asked", async () => {
  let now = 0;
  let asked = 0;
  const ask = vi.fn<() => Promise<never>>(async () => {
    asked += 1;
    if (asked > 2) throw new PeerloomError("TIMEOUT", "no answer");
    return { iceServers: [{ urls: [`turn:${asked}`] }], ttlSeconds: 100 } as never;
  });
  const servers = new IceServers({ ask, now: () => now });
  const at = async (time: number): Promise<string | undefined> => {
    now = time;
    return (await servers.get({}))[0]?.urls[0];
  };

  expect([await at(0), await at(49_999), await at(50_000), await at(99_999), await at(149_999)]).toEqual([
    "turn:1",
    "turn:1",
    "turn:2",
    "turn:2",
    "turn:2",
  ]);
  await expect(at(150_000)).rejects.toMatchObject({ code: "TIMEOUT" });
});
