import { WIRE } from "./limits.ts";

/** The packet, its frame and that frame's list of values stand around the values. */
export const maxDepth: number = WIRE.maxDepth + 3;

/** Is parsed JSON nested deeper than so many levels of lists and objects? Looking at what was parsed costs a fraction of reading the text. */
export function isDeeper(json: unknown, levels: number): boolean {
  if (typeof json !== "object" || json === null) return false;
  if (levels === 0) return true;
  if (Array.isArray(json)) {
    for (let index = 0; index < json.length; index++) if (isDeeper(json[index], levels - 1)) return true;
    return false;
  }
  const object = json as Readonly<Record<string, unknown>>;
  for (const key in object) if (isDeeper(object[key], levels - 1)) return true;
  return false;
}
