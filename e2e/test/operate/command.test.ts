import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "@peerloom/client";
import { afterAll, expect, test } from "vitest";
import { startCommand, urlOf } from "../../../tools/lib/command.ts";
import { startRedisServer } from "../../support/redis-server.ts";

/** Where the package that joins relays is found. */
const e2e = join(import.meta.dirname, "..", "..");
const empty = mkdtempSync(join(tmpdir(), "peerloom-empty-"));
const env = { PEERLOOM_SECRET: "the same for all relays" };

afterAll(() => rmSync(empty, { recursive: true }));

test("a relay is ready when it has found the others, and stays so when it loses them", { timeout: 120_000 }, async () => {
  await using redis = await startRedisServer();
  await redis.kill();
  await using command = startCommand(["--port", "0", "--redis", redis.url, "--redis-lease-ms", "1000"], env, e2e);
  const url = await urlOf(command);
  const ready = async (): Promise<string> => (await fetch(`${url}/readyz`)).text();

  expect(await ready()).toBe("starting");
  await redis.start();
  await command.line(({ msg, state }) => msg === "cluster" && state === "up");
  expect(await ready()).toBe("ready");
  await redis.kill();
  await command.line(({ msg, state }) => msg === "cluster" && state === "down");

  expect(await ready()).toBe("ready");
  expect(await (await fetch(`${url}/metrics`)).text()).toMatch(/^peerloom_cluster_relays 0$/m);
  command.child.kill("SIGTERM");
  expect(await command.exited).toBe(0);
});

test("without the package that joins relays the command ends with one line", async () => {
  await using command = startCommand(["--redis", "redis://127.0.0.1:1"], env, empty);

  expect(await command.exited).toBe(2);
  expect(command.output()).toBe(
    "peerloom-server: --redis needs the package @peerloom/cluster-redis, which is not installed: npm install @peerloom/cluster-redis\n",
  );
});

test("clients get TURN credentials from the command", async () => {
  const turn = { PEERLOOM_TURN_URL: "turn:turn.example.org:3478", PEERLOOM_TURN_SECRET: "shared with coturn" };
  await using command = startCommand(["--port", "0"], turn);
  await using client = await connect(await urlOf(command), { clientId: "alice" });

  const servers = await client.iceServers();

  expect(servers).toMatchObject([{ urls: ["turn:turn.example.org:3478"], username: expect.stringMatching(/^\d+:/) as string }]);
});
