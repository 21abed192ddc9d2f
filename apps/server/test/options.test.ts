import { expect, test } from "vitest";
import { parseOptions } from "../src/options.ts";

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
  { args: ["--ports", "1"], env: {}, says: "Unknown option '--ports'; there are --port, --host, --pages, --help" },
  { args: ["--host"], env: {}, says: "Option '--host <value>' argument missing; there are --port, --host, --pages, --help" },
  { args: ["8080"], env: {}, says: "Unexpected argument '8080'; there are --port, --host, --pages, --help" },
  { args: [], env: { PEERLOOM_SECRET: "short" }, says: "PEERLOOM_SECRET must have at least 16 bytes, not 5" },
])("$args and $env are refused in one line", ({ args, env, says }) => {
  expect(() => parseOptions(args, env)).toThrow(new TypeError(says));
});

test("--help asks for the usage", () => {
  expect(parseOptions(["--help"], {})).toBe("help");
});
