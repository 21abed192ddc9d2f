import { readFile } from "node:fs/promises";
import { join as joinPath } from "node:path";
import { expect, test } from "vitest";
import type { Authorize } from "../src/index.ts";
import { connect, startRelay } from "./support.ts";

const page = joinPath(import.meta.dirname, "../../../docs/permissions.md");

/** The hook that the page shows. */
async function example(name: string): Promise<Authorize> {
  const text = await readFile(page, "utf8");
  const code = text.split(`<!-- example: ${name} -->\n\`\`\`ts\n`)[1]?.split("\n```")[0];
  if (code === undefined) throw new Error(`the page has no example "${name}"`);
  const module = (await import(`data:text/javascript,${encodeURIComponent(`${code}\nexport { authorize };`)}`)) as { authorize: Authorize };
  return module.authorize;
}

/** A relay where the token is the client's claims. */
const start = async (name: string): ReturnType<typeof startRelay> =>
  startRelay({
    authorize: await example(name),
    authenticate: ({ token }) => ({ claims: token === undefined ? undefined : JSON.parse(token) }),
  });

const claims = (value: object): object => ({ token: JSON.stringify(value) });

test("the example of roles lets staff provide, and everybody else read", async () => {
  await using server = await start("roles");
  using staff = await connect(server.url, "staff", claims({ roles: ["staff"] }));
  using alice = await connect(server.url, "alice");
  for (const client of [staff, alice]) await client.ok({ type: "join", room: "news:all", head: 1 });

  expect(await alice.code({ type: "provide", service: "math" })).toBe("FORBIDDEN");
  await staff.ok({ type: "provide", service: "math" });
  alice.socket.emit("r", "news:all", 1, "fake news");
  expect(await alice.notice("room-refused")).toMatchObject({ code: "FORBIDDEN" });
  staff.socket.emit("r", "news:all", 1, "news");
  expect(await alice.next("r")).toEqual(["news:all", "staff", 1, "news"]);
});

test("the example of projects lets members in, and nobody else", async () => {
  await using server = await start("projects");
  using alice = await connect(server.url, "alice", claims({ projects: ["moon"] }));

  await alice.ok({ type: "join", room: "moon/landing", head: 1 });
  await alice.ok({ type: "subscribe", service: "news", topic: "moon/news" });
  expect(await alice.code({ type: "join", room: "mars/landing", head: 1 })).toBe("FORBIDDEN");
  expect(await alice.code({ type: "subscribe", service: "news", topic: "mars/news" })).toBe("FORBIDDEN");
  expect(await alice.ok({ type: "lookup", id: "bob" })).toMatchObject({ state: "absent" });
});

test("the example of guests lets them call services, and talk to nobody else", async () => {
  await using server = await start("guests");
  using math = await connect(server.url, "service:math");
  using bob = await connect(server.url, "bob");
  using guest = await connect(server.url, "guest", claims({ isGuest: true }));
  await math.ok({ type: "provide", service: "math" });

  expect(await guest.ok({ type: "providers", service: "math", watch: true })).toMatchObject({ providers: [{ id: "service:math" }] });
  guest.packet("service:math", 0, "a call");
  expect(await math.next("p")).toEqual(["guest", "a call"]);
  guest.packet("bob", 1, "hello");
  expect(await guest.next("u")).toEqual(["bob", "FORBIDDEN", 1]);
  expect(await guest.code({ type: "join", room: "lobby", head: 1 })).toBe("FORBIDDEN");
  bob.packet("guest", 0, "the others may");
  expect(await guest.next("p")).toEqual(["bob", "the others may"]);
});
