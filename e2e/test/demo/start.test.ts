import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "@peerloom/client";
import { expect, test } from "vitest";
import { runDemo, startDemo } from "../../support/demo.ts";

test("the demo starts on a free port, serves the page and relays", async () => {
  await using demo = await startDemo();
  await using client = await connect(demo.url);

  const page = await fetch(demo.url);

  console.log(`The demo was ready ${Math.round(demo.startMs)} ms after its process was started.`);
  expect(demo.startMs).toBeLessThan(10_000);
  expect(page.status).toBe(200);
  expect(await page.text()).toContain('<div id="app"></div>');
  expect(client.state).toBe("online");
});

test("the relay of the demo answers echo and time", async () => {
  await using demo = await startDemo();
  await using client = await connect(demo.url);
  const relay = client.remote("relay");

  const [echo, time] = await Promise.all([relay.emitWithAck("echo", 1, "two"), relay.emitWithAck("time")]);

  expect(echo).toEqual([1, "two"]);
  expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/u);
});

test.each(["SIGINT", "SIGTERM"] as const)("%s ends the demo with code 0, with somebody connected", async (signal) => {
  await using demo = await startDemo();
  await using _client = await connect(demo.url);
  const ended = once(demo.child, "exit");

  demo.child.kill(signal);

  expect(await ended).toEqual([0, null]);
});

test("a port that is taken ends in one clear line", async () => {
  const holder = createServer().listen(0, "127.0.0.1");
  await once(holder, "listening");
  const { port } = holder.address() as AddressInfo;

  const ending = await runDemo({ args: ["--port", String(port)] });
  holder.close();

  expect(ending).toEqual({
    code: 1,
    stdout: "",
    stderr: `Peerloom demo cannot start: port ${port} of 127.0.0.1 is taken by another program\n`,
  });
});

test.each([
  { what: "a bad port", args: ["--port", "eighty"], says: '--port must be a number from 0 to 65535, not "eighty"' },
  {
    what: "an unknown option",
    args: ["--prot", "80"],
    says: "Unknown option '--prot'; there are --port, --host, --pages, --signaling, --admin-password, --help",
  },
  { what: "a bad variable", env: { PORT: "99999" }, says: 'PORT must be a number from 0 to 65535, not "99999"' },
  { what: "a short secret", env: { PEERLOOM_SECRET: "x" }, says: "PEERLOOM_SECRET must have at least 16 bytes, not 1" },
])("$what ends in one clear line", async ({ args = [], env = {}, says }) => {
  expect(await runDemo({ args, env })).toEqual({ code: 1, stdout: "", stderr: `Peerloom demo cannot start: ${says}\n` });
});

test("an address that this machine does not have ends in one clear line", async () => {
  const { code, stderr } = await runDemo({ args: ["--port", "0", "--host", "192.0.2.1"] });

  expect(code).toBe(1);
  expect(stderr).toMatch(/^Peerloom demo cannot start: the relay cannot listen on port 0 of 192\.0\.2\.1: [^\n]+\n$/u);
});

test("a page that is not built ends in one clear line", async () => {
  const folder = mkdtempSync(join(tmpdir(), "peerloom-empty-"));

  const ending = await runDemo({ args: ["--port", "0", "--pages", folder] });
  rmSync(folder, { recursive: true });

  const says = `the page is not built: ${folder} has no index.html; run "npx -y pnpm@12 build" first`;
  expect(ending).toEqual({ code: 1, stdout: "", stderr: `Peerloom demo cannot start: ${says}\n` });
});

test("--help tells the options", async () => {
  const { code, stdout } = await runDemo({ args: ["--help"] });

  expect(code).toBe(0);
  expect(stdout).toContain("--port N");
});
