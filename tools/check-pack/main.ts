import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readWorkspace } from "../check-workspace/workspace.ts";
import type { Manifest, Package } from "../check-workspace/workspace.ts";
import { root, run, turbo } from "../lib/run.ts";

/** A public package and the tarball made of it. */
interface Tarball {
  readonly name: string;
  readonly dir: string;
  readonly path: string;
  readonly entries: readonly string[];
}

/** The names that a user may import. */
const entriesOf = ({ name, exports = {} }: Manifest): string[] =>
  Object.keys(exports)
    .filter((key) => key !== "./package.json")
    .map((key) => name + key.slice(1));

const failed: string[] = [];
async function step(name: string, command: string, args: readonly string[], cwd = root): Promise<boolean> {
  const { code, output } = await run(command, args, { cwd, output: "capture" });
  if (code === 0) return true;
  failed.push(name);
  console.log(`FAIL ${name}\n${output}`);
  return false;
}

const folder = mkdtempSync(join(tmpdir(), "peerloom-pack-"));
try {
  if ((await turbo("build", "--filter=./packages/*")).code !== 0) failed.push("build");
  else await checkAll();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(failed.length === 0 ? "packed packages: fine" : `packed packages: ${failed.join(", ")} failed`);
process.exitCode = failed.length === 0 ? 0 : 1;

async function checkAll(): Promise<void> {
  const packages = readWorkspace(root).filter(({ dir }) => dir.startsWith("packages/"));
  const tarballs = packages.map(({ dir, manifest }): Tarball => {
    return { name: manifest.name, dir, path: join(folder, `${dir.slice("packages/".length)}.tgz`), entries: entriesOf(manifest) };
  });
  await Promise.all(tarballs.map((tarball) => checkOne(tarball)));
  if (failed.length === 0) await checkInstalled(packages, tarballs);
  if (failed.length === 0) await checkCommand(packages, tarballs);
}

/** Installs the server in an empty folder with npm, as the first command of a stranger does, and runs it. */
async function checkCommand(packages: readonly Package[], tarballs: readonly Tarball[]): Promise<void> {
  const empty = join(folder, "empty");
  mkdirSync(empty);
  // The server and what it needs of ours: no registry has that yet.
  const needed = withDependencies("@peerloom/server", packages);
  const files = tarballs.filter(({ name }) => needed.has(name)).map(({ path }) => path);
  if (!(await step("npm install", "npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", ...files], empty))) return;
  await step("npx @peerloom/server --help", "npx", ["--no-install", "@peerloom/server", "--help"], empty);
  const command = join(empty, "node_modules", ".bin", "peerloom-server");
  await step("peerloom-server", "node", [join(import.meta.dirname, "start-and-end.ts"), command], empty);
}

async function checkOne({ name, dir, path }: Tarball): Promise<void> {
  if (!(await step(`pack ${name}`, "pnpm", ["pack", "--out", path], join(root, dir)))) return;
  await step(`publint ${name}`, "publint", ["run", "--strict", path]);
  await step(`attw ${name}`, "attw", ["--profile", "esm-only", path]);
}

/** Installs the tarballs as a stranger would, then imports and requires each entry point. */
async function checkInstalled(packages: readonly Package[], tarballs: readonly Tarball[]): Promise<void> {
  const app = join(folder, "app");
  mkdirSync(app);
  const files = Object.fromEntries(tarballs.map(({ name, path }) => [name, `file:${path}`]));
  // What an entry point needs of a package that its user brings.
  const peers = Object.assign({}, ...packages.map(({ manifest }) => manifest.peerDependencies)) as Record<string, string>;
  const own = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { packageManager: string };
  const manifest = { name: "app", private: true, dependencies: { ...peers, ...files }, packageManager: own.packageManager };
  writeFileSync(join(app, "package.json"), JSON.stringify(manifest));
  // JSON is YAML: the packages need each other by versions that no registry has yet.
  writeFileSync(join(app, "pnpm-workspace.yaml"), JSON.stringify({ packages: ["."], overrides: files, pmOnFail: "ignore" }));
  if (!(await step("install", "pnpm", ["install", "--prefer-offline", "--no-frozen-lockfile"], app))) return;
  const entries = JSON.stringify(tarballs.flatMap((tarball) => tarball.entries));
  writeFileSync(join(app, "import.mjs"), `for (const entry of ${entries}) await import(entry);\n`);
  writeFileSync(join(app, "require.cjs"), `for (const entry of ${entries}) require(entry);\n`);
  await step("import()", "node", ["import.mjs"], app);
  await step("require()", "node", ["require.cjs"], app);
}

/** The names of a package and of all that it depends on among these. */
function withDependencies(name: string, packages: readonly Package[], found: Set<string> = new Set()): ReadonlySet<string> {
  const known = packages.find(({ manifest }) => manifest.name === name);
  if (known === undefined || found.has(name)) return found;
  found.add(name);
  for (const dependency of Object.keys(known.manifest.dependencies ?? {})) withDependencies(dependency, packages, found);
  return found;
}
