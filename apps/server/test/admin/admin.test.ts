import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createRelay } from "@peerloom/server";
import { expect, test } from "vitest";
import { Admin } from "../../src/admin/admin.ts";
import { takeState } from "../../src/admin/take-state.ts";
import { Visits } from "../../src/admin/visits.ts";
import { Meter } from "../../src/meter.ts";
import { serveRoutes } from "../../src/routes.ts";

const password = "correct horse";

/** An admin page on a server of its own. */
async function start() {
  let now = 0;
  const relay = createRelay({ port: 0 });
  const nowMs = (): number => now;
  const meter = new Meter(() => ({ cpuMs: 0, memoryBytes: 0, nowMs: now, stats: relay.stats() }));
  const visits = new Visits(relay, nowMs);
  const admin = new Admin({ password, nowMs, takeState: () => takeState({ relay, meter, visits, nowMs, startMs: 0 }) });
  const server = createServer(
    serveRoutes({
      admin: (request, response) => admin.handle(request, response),
      call: undefined,
      rest: (_, response) => response.end("chat"),
    }),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async (): Promise<void> => {
    admin.close();
    server.closeAllConnections();
    server.close();
    await relay.close();
  };
  const turnTo = (ms: number): number => (now = ms);
  return { url, admin, turnTo, [Symbol.asyncDispose]: close };
}

const post = (url: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
  fetch(url, { method: "POST", headers: { "Content-Type": "application/json", ...headers }, body: JSON.stringify(body) });

const cookieOf = (response: Response): string => response.headers.get("set-cookie")?.split(";")[0] ?? "";

async function logIn(url: string): Promise<string> {
  return cookieOf(await post(`${url}/admin/login`, { password }));
}

test("the password opens the live state, by a cookie that no script and no other site can use", async () => {
  await using world = await start();

  const response = await post(`${world.url}/admin/login`, { password });
  const live = await fetch(`${world.url}/admin/live`, { headers: { Cookie: cookieOf(response) } });
  const reader = live.body?.pipeThrough(new TextDecoderStream()).getReader();
  const first = (await reader?.read())?.value ?? "";
  world.turnTo(3000);
  world.admin.tick();
  const second = (await reader?.read())?.value ?? "";
  await reader?.cancel();

  expect(response.status).toBe(204);
  expect(response.headers.get("set-cookie")).toMatch(/^peerloom-admin=[\w-]{43}; Path=\/admin; HttpOnly; SameSite=Strict; Max-Age=43200$/u);
  expect(live.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  expect(first).toContain('data: {"seconds":0,');
  expect(second).toMatch(/^data: \{"seconds":3,.*\}\n\n$/u);
});

test("behind TLS the cookie stays there", async () => {
  await using world = await start();

  const response = await post(`${world.url}/admin/login`, { password }, { "X-Forwarded-Proto": "https" });

  expect(response.headers.get("set-cookie")).toMatch(/; Secure$/u);
});

test.each(["", "peerloom-admin=", "peerloom-admin=made-up", "other=1; peerloom-admin=x"])("the cookie %j opens nothing", async (cookie) => {
  await using world = await start();

  const response = await fetch(`${world.url}/admin/live`, { headers: { Cookie: cookie } });

  expect(response.status).toBe(401);
});

test("a wrong password is refused, and after five nothing is compared for a minute", async () => {
  await using world = await start();
  const statuses: number[] = [];

  for (let count = 0; count < 5; count += 1) statuses.push((await post(`${world.url}/admin/login`, { password: `wrong ${count}` })).status);
  const locked = await post(`${world.url}/admin/login`, { password });
  world.turnTo(60_000);

  expect(statuses).toEqual([401, 401, 401, 401, 401]);
  expect([locked.status, locked.headers.get("retry-after"), await locked.text()]).toEqual([
    429,
    "60",
    "Too many wrong passwords. Wait 60 seconds.\n",
  ]);
  expect((await post(`${world.url}/admin/login`, { password })).status).toBe(204);
});

test("guesses that come together are counted one by one", async () => {
  await using world = await start();

  const responses = await Promise.all(Array.from({ length: 20 }, () => post(`${world.url}/admin/login`, { password: "wrong" })));

  expect(responses.filter(({ status }) => status === 401)).toHaveLength(5);
  expect(responses.filter(({ status }) => status === 429)).toHaveLength(15);
});

test.each([
  ["a form", { "Content-Type": "application/x-www-form-urlencoded" }, 400],
  ["another site's page", { "Sec-Fetch-Site": "cross-site" }, 403],
  ["a page of another origin", { Origin: "http://elsewhere.example" }, 403],
  ["a page without an origin", { Origin: "null" }, 403],
])("%s cannot log in", async (_, headers, status) => {
  await using world = await start();

  expect((await post(`${world.url}/admin/login`, { password }, headers)).status).toBe(status);
});

test.each([[null], [{}], [{ password: 7 }], [[]]])("%j is no login", async (body) => {
  await using world = await start();

  expect((await post(`${world.url}/admin/login`, body)).status).toBe(400);
});

test("a long body is not read to its end", async () => {
  await using world = await start();

  const answered = await post(`${world.url}/admin/login`, { password: "x".repeat(1_000_000) }).then(
    ({ status }) => status,
    () => "cut",
  );

  expect([400, "cut"]).toContain(answered);
});

test("logging out ends the session and its streams", async () => {
  await using world = await start();
  const cookie = await logIn(world.url);
  const live = await fetch(`${world.url}/admin/live`, { headers: { Cookie: cookie } });

  const response = await post(`${world.url}/admin/logout`, {}, { Cookie: cookie });
  await live.text();

  expect(response.status).toBe(204);
  expect((await fetch(`${world.url}/admin/live`, { headers: { Cookie: cookie } })).status).toBe(401);
  expect(world.admin.size).toEqual({ sessions: 0, streams: 0 });
});

test("a stream ends with its session", async () => {
  await using world = await start();
  const cookie = await logIn(world.url);
  const live = await fetch(`${world.url}/admin/live`, { headers: { Cookie: cookie } });

  world.turnTo(43_200_000);
  world.admin.tick();

  expect(await live.text()).toContain('"seconds":0');
  expect(world.admin.size.streams).toBe(0);
});

test("only so many may look at once", async () => {
  await using world = await start();
  const headers = { Cookie: await logIn(world.url) };

  const looks = await Promise.all(Array.from({ length: 17 }, () => fetch(`${world.url}/admin/live`, { headers })));

  expect(looks.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([...Array.from({ length: 16 }, () => 200), 503]);
  await Promise.all(looks.map(async ({ body }) => body?.cancel()));
});

test("the page is there for all, and everything is guarded by its headers", async () => {
  await using world = await start();

  const response = await fetch(`${world.url}/admin`);

  expect(response.url).toBe(`${world.url}/admin/`);
  expect(await response.text()).toContain("<title>Peerloom admin</title>");
  expect(response.headers.get("content-security-policy")).toMatch(/^default-src 'self';/u);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
  });
});

test.each([
  ["GET", "/admin/login", 405],
  ["POST", "/admin/", 405],
  ["DELETE", "/admin/live", 405],
  ["GET", "/admin/../package.json", 200],
  ["GET", "/admin/%2e%2e/package.json", 200],
  ["GET", "/admin/constructor", 404],
  ["GET", "/call/", 200],
])("%s %s is answered by %d", async (method, path, status) => {
  await using world = await start();

  const response = await fetch(world.url + path, { method });

  expect([response.status, (await response.text()) === "chat"]).toEqual([status, status === 200]);
});
