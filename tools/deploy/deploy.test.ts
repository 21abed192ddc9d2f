import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { optionNames, specs, variableOf } from "../../packages/server/src/command/options.ts";
import { startCommand, urlOf, type Command } from "../lib/command.ts";
import { root } from "../lib/run.ts";

const folder = join(root, "deploy");
const read = (path: string): string => readFileSync(join(folder, path), "utf8");

interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly depends_on?: readonly string[] | Readonly<Record<string, unknown>>;
  readonly stop_grace_period?: string;
}
const compose = parse(read("compose.yaml"), { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: object;
};

describe("the files in deploy/", () => {
  test.each(globSync("**/*.{yml,yaml}", { cwd: folder }))("%s is YAML without mistakes or repeated keys", (path) => {
    const documents = parseAllDocuments(read(path), { merge: true });

    expect([documents].flat().flatMap((document) => [...document.errors, ...document.warnings])).toEqual([]);
  });

  test("compose.yaml names images, services, volumes and files that there are", () => {
    const services = Object.entries(compose.services);

    for (const [, { image, build }] of services) expect(build ?? image).toMatch(build === undefined ? /^[\w./-]+:[\w.-]+$/ : /^\.$/);
    const needed = services.flatMap(([, { depends_on: on = [] }]) => (Array.isArray(on) ? (on as string[]) : Object.keys(on)));
    expect(Object.keys(compose.services)).toEqual(expect.arrayContaining(needed));
    const mounts = services.flatMap(([, { volumes = [] }]) => volumes.map((volume) => volume.split(":")[0] ?? ""));
    for (const mount of mounts.filter((path) => path.startsWith("./"))) expect(globSync(mount, { cwd: folder })).toHaveLength(1);
    expect(Object.keys(compose.volumes)).toEqual(mounts.filter((path) => !path.startsWith("./")));
  });

  test("compose.yaml sets options of the command, to values that it takes", () => {
    const example = Object.fromEntries(
      [...read("example.env").matchAll(/^(\w+)=(.*)$/gm)].map(([, name = "", value = ""]) => [name, value]),
    );
    const fill = (value: string): string => value.replaceAll(/\$\{(\w+):\?[^}]*\}/g, (_, name: string) => example[name] || "x".repeat(32));
    const variables = new Map(optionNames.map((name) => [variableOf(name), specs[name]]));

    for (const [name, value] of Object.entries(compose.services["relay-1"]?.environment ?? {})) {
      expect(variables.has(name), name).toBe(true);
      expect(variables.get(name)?.parse(fill(value)), `${name}=${value}`).toBeDefined();
    }
  });

  test("compose.yaml gives relays longer to end than they take", () => {
    const { stop_grace_period: grace = "" } = compose.services["relay-1"] ?? {};

    expect(Number(/^(\d+)s$/.exec(grace)?.[1]) * 1000).toBeGreaterThan(specs.drainDeadlineMs.standard);
  });
});

describe("dashboard and alerts", () => {
  let relay: Command;
  let names: ReadonlySet<string>;

  beforeAll(async () => {
    relay = startCommand(["--port", "0"]);
    const metrics = await (await fetch(`${await urlOf(relay)}/metrics`)).text();
    const lines = metrics.split("\n").flatMap((line) => /^(?:# TYPE )?(\w+)/.exec(line)?.[1] ?? []);
    names = new Set(lines);
  });
  afterAll(() => relay[Symbol.asyncDispose]());

  const dashboard = JSON.parse(read("grafana/dashboards/peerloom.json")) as { panels: { title: string; targets: { expr: string }[] }[] };
  const alerts = parse(read("prometheus/alerts.yml")) as { groups: { rules: { alert: string; expr: string }[] }[] };
  const expressions = [
    ...dashboard.panels.flatMap(({ title, targets }) => targets.map(({ expr }): [string, string] => [title, expr])),
    ...alerts.groups.flatMap(({ rules }) => rules.map(({ alert, expr }): [string, string] => [alert, expr])),
  ];

  test.each(expressions)("%s: %s asks for metrics that the relay has", (_title, expr) => {
    const asked = [...expr.matchAll(/\b(peerloom|nodejs|process)_\w+/g)].map(([name]) => name);

    for (const name of asked) expect(names, name).toContain(name);
    // "up" is Prometheus' own.
    expect(expr.startsWith("up{") || asked.length > 0).toBe(true);
  });

  test("the dashboard shows each of the relay's own metrics", () => {
    const text = expressions.map(([, expr]) => expr).join("\n");
    const own = [...names].filter((name) => name.startsWith("peerloom_") && !/_(count|sum)$/.test(name));
    const bases = new Set(own.map((name) => name.replace(/_bucket$/, "")));

    expect([...bases].filter((name) => !text.includes(name))).toEqual([]);
  });
});
