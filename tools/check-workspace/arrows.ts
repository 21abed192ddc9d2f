import { join, normalize } from "node:path/posix";
import { floors as houseFloors, sideways as houseSideways } from "./floors.ts";
import { importsOf, packageOf } from "./imports.ts";
import type { Package } from "./workspace.ts";

/** Where the packages stand. */
export interface House {
  readonly floors: readonly (readonly string[])[];
  readonly sideways: readonly string[];
}

const house: House = { floors: houseFloors, sideways: houseSideways };

/** Says what is wrong with the arrows between packages, one line each: nothing when all is well. */
export function checkArrows(packages: readonly Package[], { floors, sideways }: House = house): string[] {
  const floorOf = (name: string): number => floors.findIndex((names) => names.includes(name));
  const siblings = new Set(packages.map((pkg) => pkg.manifest.name));
  const isDown = (from: string, to: string): boolean => floorOf(to) < floorOf(from) || sideways.includes(`${from} -> ${to}`);
  return [...packages.flatMap((pkg) => checkPackage(pkg)), ...findCycles(packages)];

  function checkPackage(pkg: Package): string[] {
    const { name, dependencies = {}, peerDependencies = {}, devDependencies = {} } = pkg.manifest;
    if (floorOf(name) < 0) return [`${name} stands on no floor: add it to tools/check-workspace/floors.ts`];
    const runtime = new Set([...Object.keys(dependencies), ...Object.keys(peerDependencies)]);
    const all = new Set([...runtime, ...Object.keys(devDependencies)]);
    const problems: string[] = [];
    for (const to of runtime)
      if (siblings.has(to) && !isDown(name, to)) problems.push(`${name} depends on ${to}, which is not on a lower floor`);
    for (const to of Object.keys(devDependencies))
      if (siblings.has(to) && floorOf(to) > floorOf(name)) problems.push(`${name} has the devDependency ${to}, which is on a higher floor`);
    for (const { path, text } of pkg.sources) {
      const isSource = path.startsWith("src/");
      for (const specifier of importsOf(text)) {
        const to = packageOf(specifier);
        if (to === undefined) {
          // What the workspace's own tests and benches share, and nothing that is published.
          const isTool = normalize(join(pkg.dir, path, "..", specifier)).startsWith("tools/lib/") && (!isSource || pkg.manifest.private);
          if (specifier.startsWith(".") && normalize(join(path, "..", specifier)).startsWith("../") && !isTool)
            problems.push(`${name}: ${path} leaves its package by the path ${specifier}`);
          continue;
        }
        if (to === name) {
          if (isSource) problems.push(`${name}: ${path} imports its own package by name`);
          continue;
        }
        if (!(isSource ? runtime : all).has(to) && !(pkg.manifest.private && all.has(to)) && !(!isSource && to === "vitest"))
          problems.push(`${name}: ${path} imports ${specifier}, which its package.json does not list${isSource ? " as a dependency" : ""}`);
        if (isSource && siblings.has(to) && !isDown(name, to))
          problems.push(`${name}: ${path} imports ${specifier}, which is not on a lower floor`);
      }
    }
    return problems;
  }
}

/** Development dependencies may stay on a floor, but no two packages may need each other to be built. */
function findCycles(packages: readonly Package[]): string[] {
  const edges = new Map(
    packages.map(({ manifest }) => [
      manifest.name,
      Object.keys({ ...manifest.dependencies, ...manifest.devDependencies, ...manifest.peerDependencies }),
    ]),
  );
  const done = new Set<string>();
  const problems: string[] = [];
  const visit = (name: string, path: readonly string[]): void => {
    if (path.includes(name)) problems.push(`a cycle of dependencies: ${[...path.slice(path.indexOf(name)), name].join(" -> ")}`);
    if (path.includes(name) || done.has(name)) return;
    for (const to of edges.get(name) ?? []) if (edges.has(to)) visit(to, [...path, name]);
    done.add(name);
  };
  for (const name of edges.keys()) visit(name, []);
  return problems;
}
