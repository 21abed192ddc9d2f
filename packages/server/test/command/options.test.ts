import { describe, expect, test } from "vitest";
import { helpText } from "../../src/command/help.ts";
import { limitsOf } from "../../src/command/limit-options.ts";
import { flagOf, optionNames, specs, variableOf } from "../../src/command/options.ts";
import { readOptions, type Told } from "../../src/command/read-options.ts";
import { defaultLimits } from "../../src/limits.ts";

interface Setting {
  readonly args?: readonly string[];
  readonly env?: Record<string, string>;
  readonly file?: unknown;
}

function read({ args = [], env = {}, file }: Setting): Told {
  const text = typeof file === "string" ? file : JSON.stringify(file);
  const readFile = (path: string): string => {
    if (path === "relay.json") return text;
    throw new Error(`ENOENT: no such file or directory, open '${path}'`);
  };
  const told = readOptions(file === undefined ? args : [...args, "--config", "relay.json"], { env, readFile });
  if (typeof told === "string") throw new Error(`asked for ${told}`);
  return told;
}

describe("options", () => {
  test("are what they are by themselves when nobody says anything", () => {
    const { options, sources } = read({});

    expect(options).toMatchObject({ port: 8080, host: "127.0.0.1", metrics: true, logLevel: "info", authSecret: undefined });
    expect(limitsOf(options)).toEqual(defaultLimits);
    expect(sources).toEqual({});
  });

  test("come from flags before the environment, from that before the file", () => {
    const env = { PEERLOOM_PORT: "2", PEERLOOM_HOST: "b" };

    const { options, sources } = read({ args: ["--port=1"], env, file: { port: 3, host: "c", tlsCert: "x.pem", tlsKey: "y.pem" } });

    expect(options).toMatchObject({ port: 1, host: "b", tlsCert: "x.pem", tlsKey: "y.pem" });
    expect(sources).toMatchObject({ port: "--port", host: "PEERLOOM_HOST", tlsCert: "tlsCert in relay.json" });
  });

  test("can be a file named by the environment", () => {
    const told = readOptions([], { env: { PEERLOOM_CONFIG: "relay.json" }, readFile: () => `{"port": 7}` });

    expect(told).toMatchObject({ options: { port: 7 }, sources: { port: "port in relay.json" } });
  });

  test("may be lists and switches", () => {
    const args = ["--origins", "https://a.example", "--origins", "https://b.example,https://c.example", "--allow-list", "--no-metrics"];

    const { options } = read({ args, env: { PEERLOOM_SIGNALING: "true" }, file: { trustProxy: ["loopback", "10.0.0.0/8"] } });

    expect(options).toMatchObject({
      origins: ["https://a.example", "https://b.example", "https://c.example"],
      allowList: true,
      metrics: false,
      signaling: true,
      trustProxy: ["loopback", "10.0.0.0/8"],
    });
  });

  test("may be limits, which can be lifted", () => {
    const { options } = read({ env: { PEERLOOM_LIMIT_CLIENTS: "none" }, file: { limitPacketBytes: 2048 } });

    expect(limitsOf(options)).toEqual({ ...defaultLimits, clients: Infinity, packetBytes: 2048 });
  });

  test("that are empty in the environment were not given", () => {
    expect(read({ env: { PEERLOOM_PORT: "", PEERLOOM_CONFIG: "" } }).options.port).toBe(8080);
  });

  test("that look like ours and are none are told of", () => {
    expect(read({ env: { PEERLOOM_PROT: "1", PATH: "/bin", PEERLOOM_PORT: "1" } }).strays).toEqual(["PEERLOOM_PROT"]);
  });
});

describe("what is wrong is told in one line that names the option and its place", () => {
  test.each<[string, Setting]>([
    [`--port must be a whole number from 0 to 65535, not "65536"`, { args: ["--port", "65536"] }],
    [`--port must be a whole number from 0 to 65535, not "x"`, { args: ["--port", "x"] }],
    [`PEERLOOM_PORT must be a whole number from 0 to 65535, not "tcp://10.0.0.1:80"`, { env: { PEERLOOM_PORT: "tcp://10.0.0.1:80" } }],
    [`port in relay.json must be a whole number from 0 to 65535, not 1.5`, { file: { port: 1.5 } }],
    [`port in relay.json must be a whole number from 0 to 65535, not null`, { file: { port: null } }],
    [`PEERLOOM_SIGNALING must be true or false, not "yes"`, { env: { PEERLOOM_SIGNALING: "yes" } }],
    [
      `--origins must be a list of which each is an origin like https://example.org, not "https://a.example,b"`,
      { args: ["--origins", "https://a.example,b"] },
    ],
    [`origins in relay.json must be a list of which each is an origin like https://example.org, not []`, { file: { origins: [] } }],
    [`--limit-packet-bytes must be a whole number from 1024 to 67108864, not "none"`, { args: ["--limit-packet-bytes", "none"] }],
    [`PEERLOOM_LIMIT_CLIENTS must be a whole number from 1 on, or none, not "0"`, { env: { PEERLOOM_LIMIT_CLIENTS: "0" } }],
    [`--duplicate-id must be one of reject, replace, not "both"`, { args: ["--duplicate-id", "both"] }],
    [`--auth-secret must be at least 32 bytes, not what was given`, { args: ["--auth-secret", "hush"] }],
    [`--redis must be a URL like redis://127.0.0.1:6379, not what was given`, { args: ["--redis", "http://:pass@host"] }],
    [`Unknown option '--prot'; --help lists all options`, { args: ["--prot", "1"] }],
    [`Option '--port <value>' argument missing; --help lists all options`, { args: ["--port"] }],
    [`Unexpected argument 'start'; --help lists all options`, { args: ["start"] }],
    [`prot in relay.json is no option; --help lists all: port, tlsCert, …`, { file: { prot: 1 } }],
    [`__proto__ in relay.json is no option; --help lists all: port, tlsCert, …`, { file: `{"__proto__": {"port": 1}}` }],
    [`the config file relay.json must hold a JSON object, like {"port": 8080}`, { file: [] }],
    [`the config file none.json cannot be read: ENOENT: no such file or directory, open 'none.json'`, { args: ["--config", "none.json"] }],
    [`--tls-cert needs --tls-key too`, { args: ["--tls-cert", "x"] }],
    [`tlsKey in relay.json needs --tls-cert too`, { file: { tlsKey: "x" } }],
    [`PEERLOOM_TURN_SECRET needs --turn-url too`, { env: { PEERLOOM_TURN_SECRET: "x".repeat(16) } }],
    [
      `PEERLOOM_AUTH_SECRET and --auth-jwks exclude each other`,
      { args: ["--auth-jwks", "keys.json"], env: { PEERLOOM_AUTH_SECRET: "x".repeat(32) } },
    ],
    [`--auth-issuer needs --auth-secret or --auth-jwks too`, { args: ["--auth-issuer", "x"] }],
    [`--drain-deadline-ms must not be less than --drain-window-ms (10000), but is 5`, { args: ["--drain-deadline-ms", "5"] }],
    [`--metrics-port must be another port than --port`, { args: ["--port", "81", "--metrics-port", "81"] }],
  ])("%s", (message, setting) => {
    expect(() => read(setting)).toThrow(expect.objectContaining({ name: "UsageError", message }) as Error);
  });

  test("a file that is no JSON is told of without its text", () => {
    const message = "the config file relay.json is no JSON: see position 12 (line 1 column 13)";

    expect(() => read({ file: '{"secret": "hush' })).toThrow(/^the config file relay\.json is no JSON/);
    expect(() => read({ file: '{"port": 1, hush}' })).toThrow(expect.objectContaining({ name: "UsageError", message }) as Error);
  });

  test("a secret is not shown, wherever it was given", () => {
    for (const name of optionNames.filter((option) => specs[option].isSecret))
      expect(() => read({ file: { [name]: "hush" } })).toThrow(/^(?!.*hush)/);
  });
});

test("--help and --version go before everything else", () => {
  const surroundings = { env: {}, readFile: () => "" };

  expect(readOptions(["--help", "--port", "x"], surroundings)).toBe("help");
  expect(readOptions(["-v"], surroundings)).toBe("version");
});

test("--help lists all options, each in a line", () => {
  const lines = helpText().split("\n");

  for (const name of optionNames) {
    const flag = specs[name].standard === true ? flagOf(name).replace("--", "--no-") : flagOf(name);
    expect(lines.filter((line) => line.trimStart().split(" ")[0] === flag)).toHaveLength(1);
    expect(specs[name].help).toMatch(/^\S.{5,140}\S$/);
  }
});

test("names of flags and variables follow from the name of an option", () => {
  expect([flagOf("tlsCert"), variableOf("tlsCert")]).toEqual(["--tls-cert", "PEERLOOM_TLS_CERT"]);
  expect(new Set(optionNames.map(variableOf)).size).toBe(optionNames.length);
});
