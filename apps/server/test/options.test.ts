import { expect, test } from "vitest";
import { parseOptions, usage } from "../src/options.ts";

test.each([
  { args: [], env: {}, port: 8080, host: "127.0.0.1" },
  { args: [], env: { PORT: "3000", HOST: "0.0.0.0" }, port: 3000, host: "0.0.0.0" },
  { args: ["--port", "0", "--host", "::1"], env: { PORT: "3000" }, port: 0, host: "::1" },
  { args: ["--", "--port=9000"], env: {}, port: 9000, host: "127.0.0.1" },
  { args: [], env: { PORT: "", HOST: "" }, port: 8080, host: "127.0.0.1" },
])("$args and $env mean port $port of $host", ({ args, env, port, host }) => {
  expect(parseOptions(args, env)).toMatchObject({ port, host });
});

test.each([
  { args: ["--port", "http"], env: {}, says: '--port must be a number from 0 to 65535, not "http"' },
  { args: ["--port", "65536"], env: {}, says: '--port must be a number from 0 to 65535, not "65536"' },
  { args: [], env: { PORT: "-1" }, says: 'PORT must be a number from 0 to 65535, not "-1"' },
  {
    args: ["--ports", "1"],
    env: {},
    says: "Unknown option '--ports'; there are --port, --host, --pages, --signaling, --admin-password, --help",
  },
  {
    args: ["--host"],
    env: {},
    says: "Option '--host <value>' argument missing; there are --port, --host, --pages, --signaling, --admin-password, --help",
  },
  { args: ["8080"], env: {}, says: "Unexpected argument '8080'; there are --port, --host, --pages, --signaling, --admin-password, --help" },
  { args: ["--signaling", "some"], env: {}, says: '--signaling must be one of all, relay, plain, none, not "some"' },
  { args: [], env: { SIGNALING: "toString" }, says: 'SIGNALING must be one of all, relay, plain, none, not "toString"' },
  { args: ["--admin-password", "secret"], env: {}, says: "--admin-password must have 8 to 256 characters, not 6" },
  { args: [], env: { PEERLOOM_ADMIN_PASSWORD: "x" }, says: "PEERLOOM_ADMIN_PASSWORD must have 8 to 256 characters, not 1" },
  { args: [], env: { PEERLOOM_SECRET: "short" }, says: "PEERLOOM_SECRET must have at least 16 bytes, not 5" },
])("$args and $env are refused in one line", ({ args, env, says }) => {
  expect(() => parseOptions(args, env)).toThrow(new TypeError(says));
});

test("--help asks for the usage", () => {
  expect(parseOptions(["--help"], {})).toBe("help");
});

test("a password that was given is taken, and one is made up otherwise", () => {
  const given = parseOptions(["--admin-password", "long enough"], { PEERLOOM_ADMIN_PASSWORD: "something else" });
  const made = [parseOptions([], {}), parseOptions([], {})];

  expect(given).toMatchObject({ adminPassword: "long enough", isPasswordNew: false });
  expect(made).toMatchObject([{ isPasswordNew: true }, { isPasswordNew: true }]);
  expect(new Set(made.map((options) => (options === "help" ? "" : options.adminPassword))).size).toBe(2);
});

test("the usage names each option with its variable and default", () => {
  expect(usage).toMatchInlineSnapshot(`
    "pnpm demo [options]
      --port N                TCP port, 0 for any free one (PORT, 8080)
      --host NAME             address to listen on, 0.0.0.0 to let others in (HOST, 127.0.0.1)
      --pages DIR             folder of the built page (the chat)
      --signaling WHICH       how WebRTC peers find each other: all, relay, plain, none (SIGNALING, all)
      --admin-password TEXT   password of /admin, 8 characters or more (PEERLOOM_ADMIN_PASSWORD, made up and printed)
      --help                  this text
    PEERLOOM_SECRET, 16 bytes or more, keeps what clients prove themselves with valid over a restart."
  `);
});
