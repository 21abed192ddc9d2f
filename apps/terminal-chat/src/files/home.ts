import { homedir } from "node:os";
import { join } from "node:path";

/** A path as people type it: `~` is their home, as in a shell. */
export function fromHome(path: string, home: string = homedir()): string {
  return path === "~" || path.startsWith("~/") ? join(home, path.slice(1)) : path;
}
