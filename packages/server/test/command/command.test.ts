import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SignJWT } from "jose";
import { io } from "socket.io-client";
import { afterAll, describe, expect, test, vi } from "vitest";
import { startCommand, urlOf } from "../../../../tools/lib/command.ts";
import { connect, join as joinRelay, RawClient, refusal } from "../support.ts";

const folder = mkdtempSync(join(tmpdir(), "peerloom-command-"));
const tls = join(import.meta.dirname, "..", "tls");
const secret = "a secret of at least thirty-two bytes";

// Processes of their own take a while to start when others do too.
vi.setConfig({ testTimeout: 60_000 });
afterAll(() => rmSync(folder, { recursive: true }));

/** A front end of plain signaling. */
const dialPlain = (url: string, auth: object): RawClient =>
  new RawClient(io(url, { auth, transports: ["websocket"], forceNew: true, reconnection: false }));

async function get(url: string): Promise<[number, string]> {
  const response = await fetch(url);
  return [response.status, await response.text()];
}

describe("the command", () => {
  test("starts a relay and tells where, answers those who watch it, and ends when it is told", async () => {
    await using command = startCommand(["--port", "0", "--drain-window-ms", "0"]);
    const url = await urlOf(command);
    using alice = await connect(url, "alice");
    using bob = await connect(url, "bob");

    alice.packet("bob", 0, "hello");
    expect(await bob.next("p")).toEqual(["alice", "hello"]);
    expect(await get(`${url}/healthz`)).toEqual([200, "alive"]);
    expect(await get(`${url}/readyz?x=1`)).toEqual([200, "ready"]);
    expect((await get(`${url}/metrics`))[1]).toMatch(/^peerloom_clients\{state="here"\} 2$/m);
    expect((await get(`${url}/metrics`))[1]).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
    expect(await get(`${url}/other`)).toEqual([404, "not found"]);
    expect((await fetch(`${url}/metrics`, { method: "POST" })).status).toBe(405);
    command.child.kill("SIGTERM");

    expect(await alice.next("bye")).toMatchObject([{ code: "CLOSED" }]);
    expect(await command.exited).toBe(0);
    expect(await command.line(({ msg }) => msg === "drained")).toMatchObject({ moved: 2, cut: 0 });
  });

  test.each([
    [2, `--port must be a whole number from 0 to 65535, not "x"`, ["--port", "x"]],
    [
      2,
      "--tls-cert: none.pem cannot be read: ENOENT: no such file or directory, open 'none.pem'",
      ["--tls-cert", "none.pem", "--tls-key", "none.pem"],
    ],
  ] as [number, string, string[]][])("ends with code %i and one line: %s", async (code, message, args) => {
    await using command = startCommand(args);

    expect(await command.exited).toBe(code);
    expect(command.output()).toBe(`peerloom-server: ${message}\n`);
  });

  test("ends with code 1 and one line when its port is taken", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const { port } = other.address() as AddressInfo;
    await using command = startCommand(["--port", String(port)]);

    expect(await command.exited).toBe(1);
    expect(command.output()).toBe(`peerloom-server: port ${port} of 127.0.0.1 is taken by another program\n`);
    other.close();
  });

  test("ends with one line when a certificate does not fit its key", async () => {
    await using command = startCommand([
      "--port",
      "0",
      "--tls-cert",
      join(tls, "first.cert.pem"),
      "--tls-key",
      join(tls, "second.key.pem"),
    ]);

    expect(await command.exited).toBe(2);
    expect(command.output()).toMatch(/^peerloom-server: --tls-cert, --tls-key: .*key values mismatch\n$/);
  });

  test("prints help and version", async () => {
    await using help = startCommand(["--help"]);
    await using version = startCommand(["--version"]);

    expect([await help.exited, await version.exited]).toEqual([0, 0]);
    expect(help.output()).toMatch(/^peerloom-server \[options\]\n[^]*--port N +TCP port/);
    expect(version.output()).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test("reads a config file and the environment", async () => {
    const config = join(folder, "relay.json");
    writeFileSync(config, JSON.stringify({ port: 0, relayId: "home", limitClients: 1 }));
    await using command = startCommand(["--config", config], { PEERLOOM_RELAY_ID: "harbour", PEERLOOM_LIMT_CLIENTS: "2" });
    const url = await urlOf(command);

    const [client, welcome] = await joinRelay(url);
    using _ = client;

    expect(welcome.relayId).toBe("harbour");
    expect(await refusal(url, {})).toMatchObject({ code: "LIMIT" });
    expect(await command.line(({ msg }) => String(msg).includes("PEERLOOM_LIMT_CLIENTS"))).toMatchObject({ level: "warn" });
  });

  test("warns when anyone may take any id", async () => {
    await using open = startCommand(["--port", "0", "--host", "0.0.0.0"]);
    await using closed = startCommand(["--port", "0", "--host", "0.0.0.0"], { PEERLOOM_AUTH_SECRET: secret });
    await Promise.all([urlOf(open), urlOf(closed)]);

    expect(open.output()).toMatch(/this relay is open: .* Give it --auth-secret or --auth-jwks/);
    expect(closed.output()).not.toMatch(/"level":"warn"/);
  });

  test("shows metrics on a port of their own when it is told to, and nowhere else", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const { port } = other.address() as AddressInfo;
    await new Promise((resolve) => other.close(resolve));
    await using command = startCommand(["--port", "0", "--metrics-port", String(port)]);
    const url = await urlOf(command);

    expect((await get(`http://127.0.0.1:${port}/readyz`))[0]).toBe(200);
    expect((await get(`http://127.0.0.1:${port}/metrics`))[1]).toContain("peerloom_clients");
    expect((await get(`${url}/metrics`))[0]).toBe(404);
    command.child.kill("SIGTERM");
    expect(await command.exited).toBe(0);
  });

  test("shows no metrics when it is told not to", async () => {
    await using command = startCommand(["--port", "0", "--no-metrics"]);
    const url = await urlOf(command);

    expect((await get(`${url}/metrics`))[0]).toBe(404);
    expect((await get(`${url}/healthz`))[0]).toBe(200);
  });
});

test("socket.io's admin UI may look at the server, with name and password", async () => {
  await using command = startCommand(["--port", "0", "--admin-user", "root"], { PEERLOOM_ADMIN_PASSWORD: "a password" });
  const url = await urlOf(command);

  using operator = dialPlain(`${url}/admin`, { username: "root", password: "a password" });
  const [stats] = await operator.next("server_stats");
  using stranger = dialPlain(`${url}/admin`, { username: "root", password: "another one" });
  using nameless = dialPlain(`${url}/admin`, { password: ["a password"] });

  expect(stats).toMatchObject({ namespaces: expect.arrayContaining([{ name: "/peerloom", socketsCount: 0 }]) as object });
  expect(await stranger.next("connect_error")).toEqual(["invalid credentials"]);
  expect(await nameless.next("connect_error")).toEqual(["invalid credentials"]);
  expect(await get(`${url}/healthz`)).toEqual([200, "alive"]);
});

describe("ending", () => {
  test("takes the stated time; newcomers and probes are told meanwhile", async () => {
    await using command = startCommand(["--port", "0", "--drain-window-ms", "2000", "--drain-deadline-ms", "4000"]);
    const url = await urlOf(command);
    using alice = await connect(url, "alice");
    using bob = await connect(url, "bob");
    const began = performance.now();

    command.child.kill("SIGTERM");
    await command.line(({ msg }) => msg === "draining");

    expect(await get(`${url}/readyz`)).toEqual([503, "draining"]);
    expect(await get(`${url}/healthz`)).toEqual([200, "alive"]);
    expect(await refusal(url, { clientId: "carol" })).toMatchObject({ code: "CLOSED" });
    await Promise.all([alice.next("bye"), bob.next("bye")]);
    expect(await command.exited).toBe(0);
    expect(performance.now() - began).toBeLessThan(4000 + 2000);
  });

  test("happens at once with a second signal", async () => {
    await using command = startCommand(["--port", "0", "--drain-window-ms", "60000", "--drain-deadline-ms", "60000"]);
    const url = await urlOf(command);
    using _alice = await connect(url, "alice");
    using _bob = await connect(url, "bob");

    command.child.kill("SIGTERM");
    await command.line(({ msg }) => msg === "draining");
    command.child.kill("SIGINT");

    expect(await command.exited).toBe(1);
    expect(command.output()).toContain("ended at once");
  });
});

describe("with tokens", () => {
  const token = (sub: string): Promise<string> =>
    new SignJWT({ sub }).setProtectedHeader({ alg: "HS256" }).sign(new TextEncoder().encode(secret));

  test("only those who have one get in, by plain signaling too; and no log line ever shows a secret", async () => {
    const env = { PEERLOOM_AUTH_SECRET: secret, PEERLOOM_SECRET: "the key of resume secrets", PEERLOOM_PLAIN_SIGNALING: "true" };
    await using command = startCommand(["--port", "0", "--log-level", "trace"], env);
    const url = await urlOf(command);
    const good = await token("alice");

    const [alice, welcome] = await joinRelay(url, { clientId: "bob", token: good, metadata: { password: "in metadata" } });
    using _alice = alice;
    expect(welcome.clientId).toBe("alice");
    expect(await refusal(url, { token: `${good}x` })).toMatchObject({ code: "UNAUTHORIZED" });
    expect(await refusal(url, { clientId: secret })).toMatchObject({ code: "UNAUTHORIZED" });
    using stranger = dialPlain(url, {});
    expect(await stranger.next("connect_error")).toHaveLength(1);
    using guest = dialPlain(url, { token: good });
    await vi.waitFor(() => expect(guest.socket.connected).toBe(true), { timeout: 10_000 });
    const { connection } = await command.line(({ msg }) => msg === "client connected");
    alice.socket.disconnect();
    const away = await command.line(({ msg }) => msg === "client away");

    expect(away).toMatchObject({ connection, clientId: "alice" });
    await command.line(({ where, code }) => where === "handshake" && code === "UNAUTHORIZED");
    for (const hidden of [secret, env.PEERLOOM_SECRET, good, welcome.resume, "in metadata"]) expect(command.output()).not.toContain(hidden);
  });

  test("a hangup of the terminal makes it read certificate and keys anew", async () => {
    const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
    const use = (name: string): void => {
      writeFileSync(cert, readFileSync(join(tls, `${name}.cert.pem`)));
      writeFileSync(key, readFileSync(join(tls, `${name}.key.pem`)));
    };
    use("first");
    await using command = startCommand(["--port", "0", "--tls-cert", cert, "--tls-key", key]);
    const url = await urlOf(command);
    expect(url).toMatch(/^https:/);

    writeFileSync(cert, "no certificate");
    command.child.kill("SIGHUP");
    await command.line(({ msg }) => msg === "what was read before stays in use");
    use("second");
    command.child.kill("SIGHUP");

    await command.line(({ msg }) => msg === "certificate and keys were read anew");
  });
});
