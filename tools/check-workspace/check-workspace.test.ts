import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkArrows } from "./arrows.ts";
import { importsOf } from "./imports.ts";
import { checkManifests } from "./manifests.ts";
import { readWorkspace } from "./workspace.ts";
import type { Manifest, Package } from "./workspace.ts";

const house = {
  floors: [
    ["a", "b"],
    ["c", "d"],
  ],
  sideways: ["b -> a"],
};
const pkg = (name: string, manifest: Partial<Manifest> = {}, code = "", path = "src/index.ts"): Package => ({
  dir: `packages/${name}`,
  manifest: { name, ...manifest },
  sources: [{ path, text: code }],
  references: [],
});
const on = (...names: string[]): Record<string, string> => Object.fromEntries(names.map((name) => [name, "workspace:^"]));

describe("arrows", () => {
  test("may point down, and sideways where that is declared", () => {
    const packages = [
      pkg("a"),
      pkg("b", { dependencies: on("a") }),
      pkg("c", { dependencies: on("a", "b") }, `import { x } from "a/sub";`),
    ];

    expect(checkArrows(packages, house)).toEqual([]);
  });

  test("may not point up or sideways in package.json", () => {
    const packages = [pkg("a", { peerDependencies: on("c") }), pkg("c"), pkg("d", { dependencies: on("c") })];

    expect(checkArrows(packages, house)).toEqual([
      "a depends on c, which is not on a lower floor",
      "d depends on c, which is not on a lower floor",
    ]);
  });

  test("may not point to what package.json does not list, nor to a development dependency from src", () => {
    const packages = [pkg("a"), pkg("c", { devDependencies: on("a") }, `export * from "a";\nimport "left-pad";`)];

    expect(checkArrows(packages, house)).toEqual([
      "c: src/index.ts imports a, which its package.json does not list as a dependency",
      "c: src/index.ts imports left-pad, which its package.json does not list as a dependency",
    ]);
  });

  test("may stay on a floor for tests, without a cycle", () => {
    const code = `import { x } from "c";`;

    expect(checkArrows([pkg("c"), pkg("d", { devDependencies: on("c") }, code, "test/x.test.ts")], house)).toEqual([]);
    expect(checkArrows([pkg("c", { devDependencies: on("d") }), pkg("d", { devDependencies: on("c") })], house)).toEqual([
      "a cycle of dependencies: c -> d -> c",
    ]);
  });

  test("may reach what the workspace's tests share by a path, but not from what is published", () => {
    const code = `import { x } from "../../../tools/lib/x.ts";`;

    expect(checkArrows([pkg("a", {}, code, "test/x.test.ts")], house)).toEqual([]);
    expect(checkArrows([pkg("a", {}, code)], house)).toEqual(["a: src/index.ts leaves its package by the path ../../../tools/lib/x.ts"]);
  });

  test("may not leave a package by a path", () => {
    const packages = [pkg("a", {}, `import { x } from "../../c/src/x.ts";\nimport { y } from "../src/y.ts";`)];

    expect(checkArrows(packages, house)).toEqual(["a: src/index.ts leaves its package by the path ../../c/src/x.ts"]);
  });

  test("start from a floor", () => {
    expect(checkArrows([pkg("z")], house)).toEqual(["z stands on no floor: add it to tools/check-workspace/floors.ts"]);
  });
});

test("imports are found in each form, not in comments", () => {
  const text = `
    import type { A } from "a";
    import {
      b,
    } from "b"; // import "x";
    export * from 'c';
    import "d";
    const e = await import("e");
    /** import { y } from "y"; */
    const url = "https://host/path";`;

  expect(importsOf(text)).toEqual(["a", "b", "c", "d", "e"]);
});

test("manifests that differ from the common form are named", () => {
  const problems = checkManifests([pkg("@peerloom/x", { license: "ISC", exports: { ".": { default: "./x.js" } } })]);

  expect(problems).toContain(`@peerloom/x: rule not kept: "license" is MIT`);
  expect(problems).toContain(`@peerloom/x: rule not kept: "engines" is { node: ">=22" }`);
  expect(problems.filter((problem) => problem.includes(`"exports" of .`))).toHaveLength(1);
});

test("an entry point may have a form for Node, before the one for everybody", () => {
  const form = (stem: string): Record<string, string> => ({
    "@peerloom/source": `./src/${stem}.ts`,
    types: `./dist/${stem}.d.ts`,
    default: `./dist/${stem}.js`,
  });
  const problemsOf = (target: object): string[] =>
    checkManifests([pkg("@peerloom/x", { exports: { ".": target as Record<string, string> } })]).filter((problem) =>
      problem.includes(`"exports" of .`),
    );

  expect(problemsOf({ node: form("a-node"), ...form("a") })).toEqual([]);
  expect(problemsOf({ ...form("a"), node: form("a-node") })).toHaveLength(1);
  expect(problemsOf({ node: { default: "./dist/a.js" }, ...form("a") })).toHaveLength(1);
});

test("this workspace keeps the rules", () => {
  const packages = readWorkspace(join(import.meta.dirname, "../.."));

  expect(packages.length).toBeGreaterThan(5);
  expect([...checkArrows(packages), ...checkManifests(packages)]).toEqual([]);
});
