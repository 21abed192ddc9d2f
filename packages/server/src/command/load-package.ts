import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { UsageError } from "./usage-error.ts";

/**
 * Loads a package that the command does without unless it is asked for: from where the command is installed, else from the folder it was started in.
 *
 * @throws UsageError when it is in neither.
 */
export async function loadPackage(name: string, source: string): Promise<Readonly<Record<string, unknown>>> {
  const fromHere = createRequire(import.meta.url);
  const fromThere = createRequire(join(process.cwd(), "package.json"));
  for (const { resolve } of [fromHere, fromThere]) {
    const path = find(resolve, name);
    if (path !== undefined) return (await import(pathToFileURL(path).href)) as Record<string, unknown>;
  }
  throw new UsageError(`${source} needs the package ${name}, which is not installed: npm install ${name}`);
}

function find(resolve: NodeJS.RequireResolve, name: string): string | undefined {
  try {
    return resolve(name);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "MODULE_NOT_FOUND") return undefined;
    throw thrown;
  }
}
