import { PeerloomError } from "@peerloom/core";
import { expect, test } from "vitest";
import { logRelay } from "../../src/command/log-relay.ts";
import { createLog } from "../../src/command/log.ts";
import { connect, join, nextEvent, refusal, startRelay } from "../support.ts";

/** A log whose lines are kept. */
function keptLog(secrets: readonly string[] = []): { log: ReturnType<typeof createLog>; lines: string[] } {
  const lines: string[] = [];
  return { log: createLog("trace", secrets, (line) => lines.push(line)), lines };
}

test("a line is a JSON object with level, time and message", () => {
  const { log, lines } = keptLog();

  log.info({ clientId: "alice" }, "hello");

  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? "")).toEqual({
    level: "info",
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
    clientId: "alice",
    msg: "hello",
  });
});

test("secrets are taken out, as they are, within JSON, and within URLs", () => {
  const secrets = [`quoted "secret"`, "sl/ash secret", "secret"];
  const { log, lines } = keptLog(secrets);

  log.info({ value: `it is ${secrets[0]}`, url: `redis://:${encodeURIComponent(secrets[1] ?? "")}@host` }, secrets[1]);
  log.error({ err: new Error(`cannot use ${secrets[2]}`) });

  expect(lines.join("")).not.toMatch(/quoted|sl\/ash|sl%2Fash|secret/);
  expect(lines.join("")).toContain("[hidden]");
});

test("something too short to be a secret is left, or no word would be safe", () => {
  const { log, lines } = keptLog(["in"]);

  log.info("in a line");

  expect(lines[0]).toContain("in a line");
});

test.each(["token", "secret", "password", "resume", "authorization", "cookie", "auth"])("the field %s is never written", (field) => {
  const { log, lines } = keptLog();

  log.info({ [field]: "hush", a: { [field]: "hush", b: { [field]: { deep: "hush" } } } });

  expect(lines.join("")).not.toContain("hush");
});

test("each connection of a client has an id of its own, in all lines about it", async () => {
  await using server = await startRelay();
  const { log, lines } = keptLog();
  logRelay(server.relay, log);
  const about = (msg: string): Record<string, unknown>[] =>
    lines.map((line) => JSON.parse(line) as Record<string, unknown>).filter((line) => line["msg"] === msg);

  const away = nextEvent(server.relay, "away");
  const [first, welcome] = await join(server.url, { clientId: "alice", instance: "instance-of-alice" });
  first.cut();
  await away;
  const [second] = await join(server.url, { clientId: "alice", instance: "instance-of-alice", resume: welcome.resume });
  const gone = nextEvent(server.relay, "gone");
  await second.control({ type: "close" });
  await gone;

  const [one, two] = about("client connected");
  expect([one, two]).toMatchObject([
    { clientId: "alice", instance: "instance-of-alice", isResumed: false },
    { clientId: "alice", instance: "instance-of-alice", isResumed: true },
  ]);
  expect(one?.["connection"]).not.toBe(two?.["connection"]);
  expect(about("client away")).toMatchObject([{ connection: one?.["connection"] }]);
  expect(about("client gone")).toMatchObject([{ connection: two?.["connection"], reason: "closed" }]);
});

test("what is refused, what the relay closes and what fails is written", async () => {
  const authenticate = ({ token }: { token: string | undefined }): object => {
    if (token === "wrong") throw new PeerloomError("UNAUTHORIZED", "this token is wrong");
    return { claims: { role: "never written" } };
  };
  await using server = await startRelay({ authenticate });
  const { log, lines } = keptLog();
  logRelay(server.relay, log);

  await refusal(server.url, { clientId: "bob", token: "wrong" });
  using alice = await connect(server.url, "alice", { metadata: { name: "never written" } });
  server.relay.expel("alice");
  await alice.next("bye");
  server.relay.report("something odd");

  const told = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(told).toContainEqual(
    expect.objectContaining({ msg: "refused", where: "handshake", code: "UNAUTHORIZED", clientId: "bob", address: "127.0.0.1" }),
  );
  expect(told).toContainEqual(expect.objectContaining({ msg: "client dismissed", code: "FORBIDDEN", clientId: "alice" }));
  expect(told).toContainEqual(
    expect.objectContaining({ msg: "error", level: "error", err: expect.objectContaining({ message: "something odd" }) as object }),
  );
  expect(lines.join("")).not.toContain("never written");
});
