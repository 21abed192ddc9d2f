import { createHmac } from "node:crypto";
import { connect } from "@peerloom/client";
import { Peer, type IceServerSource } from "@peerloom/peer";
import { rtc } from "@peerloom/rtc-node";
import { createRelay, type RelayServer } from "@peerloom/server";
import { memoryDriver, MemoryHub } from "@peerloom/signaling/memory";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TurnPage } from "../../programs/turn-page.ts";
import { servePage } from "../../support/page.ts";
import { startTurnServer, type TurnServer } from "../../support/turn-server.ts";
import { startChromium } from "../chromium.ts";

const secret = "a secret that the relay shares with the TURN server";
let turn: TurnServer;
let relay: RelayServer;
let url: string;

beforeAll(async () => {
  turn = await startTurnServer(secret);
  relay = createRelay({ turn: { urls: turn.url, secret, ttlSeconds: 600 }, warn: () => {} });
  ({ url } = await relay.listen(0, "127.0.0.1"));
});
afterAll(async () => {
  await relay?.close();
  await turn?.[Symbol.asyncDispose]();
});

/** Two peers that know no other way than TURN: what one says to the other, or the code of what went wrong. */
async function talk(use: "node-datachannel" | "werift", iceServers: IceServerSource, connectTimeoutMs = 30_000): Promise<string> {
  const backend = await rtc({ use });
  const hub = new MemoryHub();
  const outcome = Promise.withResolvers<string>();
  const peers = ["left", "right"].map((id) => {
    const peer = new Peer({
      driver: memoryDriver(hub),
      id,
      rtc: backend,
      iceServers,
      iceTransportPolicy: "relay",
      connectTimeoutMs,
      isSealed: false,
    });
    peer.on("error", ({ error }) => outcome.resolve(String(Reflect.get(error as object, "code"))));
    peer.open("x");
    // Nobody waits for its answer: the other leaves as soon as it has heard.
    peer.on("channel:open", ({ channel }) => void (id === "left" && channel.send("hello by TURN").catch(() => {})));
    peer.on("channel:message", ({ data }) => outcome.resolve(String(data)));
    return peer;
  });
  await Promise.all(peers.map((peer) => peer.join({ room: "lobby" })));
  const said = await outcome.promise;
  await Promise.all(peers.map((peer) => peer.leave()));
  return said;
}

describe.each(["node-datachannel", "werift"] as const)("peers on %s that know no other way than TURN", (use) => {
  test("connect with credentials of the relay", async () => {
    await using client = await connect(url, { clientId: `${use}-user` });

    expect(await talk(use, () => client.iceServers())).toBe("hello by TURN");
    expect(turn.log.join("\n")).toContain(`:${use}-user>`);
  });

  test.each([
    ["forged", 600, "another secret"],
    ["expired", -1, secret],
  ])("fail with TIMEOUT when theirs are %s", async (_what, ttlSeconds, key) => {
    const username = `${Math.floor(Date.now() / 1000) + ttlSeconds}:somebody`;
    const credential = createHmac("sha1", key).update(username).digest("base64");

    expect(await talk(use, () => [{ urls: turn.url, username, credential }], 3000)).toBe("TIMEOUT");
  });
});

test("a page connects by TURN with credentials of the relay, and not with forged ones", async () => {
  await using served = await servePage("turn-page");
  await using browser = await startChromium();
  const page = await browser.newPage();
  await page.goto(served.url);
  const play = (credential?: string): Promise<string> =>
    page.evaluate(([at, forged]) => (globalThis as unknown as TurnPage).play(at, forged), [url, credential] as const);

  expect(await play()).toBe("hello by TURN");
  expect(await play("Zm9yZ2VkIGNyZWRlbnRpYWxzIQ==")).toBe("error 401");
});
