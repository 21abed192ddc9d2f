import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Files by condition. */
export type Conditions = Readonly<Record<string, string>>;
/** The same, some of them for Node only. */
export type Target = Readonly<Record<string, string | Conditions>> & { readonly node?: Conditions };

/** What stands in a package.json, as far as the checks read it. */
export interface Manifest {
  readonly name: string;
  readonly version?: string;
  readonly private?: boolean;
  readonly description?: string;
  readonly license?: string;
  readonly type?: string;
  readonly sideEffects?: boolean;
  readonly files?: readonly string[];
  readonly engines?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, string | Target>>;
  readonly publishConfig?: { readonly access?: string; readonly exports?: Manifest["exports"] };
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** A package of the workspace with its sources: path from the package's folder, and text. */
export interface Package {
  readonly dir: string;
  readonly manifest: Manifest;
  readonly sources: readonly { readonly path: string; readonly text: string }[];
  /** Folders that the package's tsconfig.json references, relative to it. */
  readonly references: readonly string[];
}

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, "utf8"));

/** Reads all packages of the workspace that has its root at `root`. */
export function readWorkspace(root: string): Package[] {
  const manifests = globSync(
    ["packages/*/package.json", "apps/*/package.json", "bench/package.json", "e2e/package.json", "examples/package.json"],
    {
      cwd: root,
    },
  );
  return manifests.sort().map((path) => {
    const dir = dirname(path);
    const tsconfig = join(root, dir, "tsconfig.json");
    const config = existsSync(tsconfig) ? (readJson(tsconfig) as { references?: { path: string }[] }) : {};
    return {
      dir,
      manifest: readJson(join(root, path)) as Manifest,
      sources: globSync(["src/**/*.{ts,tsx}", "test/**/*.{ts,tsx}"], { cwd: join(root, dir) })
        .sort()
        .map((file) => ({ path: file, text: readFileSync(join(root, dir, file), "utf8") })),
      references: (config.references ?? []).map((reference) => reference.path),
    };
  });
}
