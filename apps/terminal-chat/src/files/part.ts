import { createHash } from "node:crypto";
import { link, mkdir, rename, stat, unlink } from "node:fs/promises";
import { join, parse } from "node:path";

const maxCopies = 1000;

/** Where a file is while it comes; the same for the same offer, so that a later run finds what an earlier one left. */
export function partPath(
  folder: string,
  { from, id, file }: { readonly from: string; readonly id: string; readonly file: { readonly name: string } },
): string {
  const key = createHash("sha256").update(`${from}\n${id}`).digest("hex").slice(0, 8);
  return join(folder, `${file.name}.${key}.part`);
}

/** How much of a file is there already; what is longer than it should be is not of this file. */
export async function bytesThere(path: string, size: number): Promise<number> {
  await mkdir(join(path, ".."), { recursive: true });
  const there = await stat(path).then(
    ({ size: bytes }) => bytes,
    () => 0,
  );
  if (there <= size) return there;
  await unlink(path);
  return 0;
}

/** Gives a whole file its name, or `name (2)` and so on where that is taken: nothing is overwritten. @returns where it is. */
export async function settlePart(part: string, folder: string, name: string): Promise<string> {
  const { name: stem, ext } = parse(name);
  for (let copy = 1; copy <= maxCopies; copy += 1) {
    const path = join(folder, copy === 1 ? name : `${stem} (${copy})${ext}`);
    try {
      await link(part, path);
      await unlink(part);
      return path;
    } catch (thrown) {
      const { code } = thrown as NodeJS.ErrnoException;
      if (code === "EEXIST") continue;
      // Some file systems have no links.
      if (await exists(path)) continue;
      await rename(part, path);
      return path;
    }
  }
  throw new Error(`there are too many files of the name ${name}`);
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
