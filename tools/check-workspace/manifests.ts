import { join, normalize } from "node:path/posix";
import type { Conditions, Manifest, Package, Target } from "./workspace.ts";

const sourceCondition = "@peerloom/source";

/** Says where the package.json files differ from the common form, one line each. */
export function checkManifests(packages: readonly Package[]): string[] {
  const names = new Map(packages.map(({ manifest, dir }) => [manifest.name, dir]));
  return packages.flatMap((pkg) => {
    const { manifest } = pkg;
    const problems = [
      ...expect(manifest.license === "MIT", `"license" is MIT`),
      ...expect(manifest.type === "module", `"type" is module`),
      ...expect(Boolean(manifest.description), `"description" says what it is`),
      ...(pkg.dir.startsWith("packages/") ? checkPublic(pkg) : expect(manifest.private === true, `"private" is true`)),
      ...checkRanges(manifest, names),
      ...checkReferences(pkg, names),
    ];
    return problems.map((problem) => `${manifest.name}: ${problem}`);
  });
}

const expect = (isTrue: boolean, rule: string): string[] => (isTrue ? [] : [`rule not kept: ${rule}`]);
const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

function checkPublic({ manifest, dir }: Package): string[] {
  return [
    ...expect(manifest.name === `@peerloom/${dir.slice("packages/".length)}`, `"name" is @peerloom/ and the name of its folder`),
    ...expect(manifest.private === undefined, `what stands in packages/ is public`),
    ...expect(manifest.sideEffects === false, `"sideEffects" is false`),
    ...expect(same(manifest.engines, { node: ">=22" }), `"engines" is { node: ">=22" }`),
    ...expect(same(manifest.files?.slice(0, 3), ["dist", "src", "!**/.tsbuildinfo"]), `"files" begins with dist, src, !**/.tsbuildinfo`),
    ...expect(manifest.publishConfig?.access === "public", `"publishConfig.access" is public`),
    ...checkExports(manifest),
  ];
}

/** The three conditions of an entry point. */
function hasForm(target: Target | Conditions): boolean {
  const source = target[sourceCondition];
  const stem = (typeof source === "string" ? source : "").match(/^\.\/src\/(.+)\.ts$/)?.[1] ?? "";
  return stem !== "" && same(target, { [sourceCondition]: `./src/${stem}.ts`, types: `./dist/${stem}.d.ts`, default: `./dist/${stem}.js` });
}

function withoutSource(target: Conditions): Conditions {
  const { [sourceCondition]: _, ...rest } = target;
  return rest;
}

function checkExports(manifest: Manifest): string[] {
  const published: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [key, target] of Object.entries(manifest.exports ?? {})) {
    if (typeof target === "string") {
      published[key] = target;
      problems.push(
        ...expect(key === "./package.json" && target === key, `"exports" of ${key} is an object with ${sourceCondition}, types, default`),
      );
      continue;
    }
    // What is only for Node stands first, in the same form.
    const { node, ...neutral } = target;
    published[key] = { ...(node !== undefined && { node: withoutSource(node) }), ...withoutSource(neutral as Conditions) };
    const isGood =
      same(Object.keys(target)[0], node === undefined ? sourceCondition : "node") && hasForm(neutral) && hasForm(node ?? neutral);
    problems.push(...expect(isGood, `"exports" of ${key} has ${sourceCondition}, types, default, in this order, of one source`));
  }
  return [
    ...problems,
    ...expect(Object.hasOwn(published, "./package.json"), `"exports" has ./package.json`),
    ...expect(same(manifest.publishConfig?.exports, published), `"publishConfig.exports" is "exports" without ${sourceCondition}`),
  ];
}

function checkRanges(manifest: Manifest, names: ReadonlyMap<string, string>): string[] {
  const ranges = Object.entries({ ...manifest.devDependencies, ...manifest.dependencies });
  return ranges.flatMap(([name, range]) =>
    names.has(name)
      ? expect(range === "workspace:^", `${name} is "workspace:^"`)
      : expect(range === "catalog:" || range.startsWith("npm:"), `${name} takes its version from the catalog`),
  );
}

/** A project reference for each dependency, and none besides: what `tsc -b` builds is what package.json says. */
function checkReferences({ manifest, dir, references }: Package, names: ReadonlyMap<string, string>): string[] {
  if (!/^(packages|apps)\//.test(dir)) return [];
  const wanted = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }).flatMap((name) => names.get(name) ?? []);
  const found = references.map((path) => normalize(join(dir, path)));
  return expect(
    same(wanted.toSorted(compare), found.toSorted(compare)),
    `"references" of tsconfig.json are its dependencies: ${wanted.join(", ") || "none"}`,
  );
}
