import { WIRE } from "./limits.ts";

/** The packet, its frame and that frame's list of values stand around the values. */
const maxDepth = WIRE.maxDepth + 3;

const [quote, backslash, bracket, bracketEnd, brace, braceEnd] = [0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d];

/** Is a JSON text nested deeper than any packet may be? Said before it is parsed, in one pass; texts of strings are skipped. */
export function isTooDeep(json: string): boolean {
  if (json.length <= 2 * maxDepth) return false;
  let depth = 0;
  for (let index = 0; index < json.length; index++) {
    const unit = json.charCodeAt(index);
    if (unit === quote) {
      index = endOfString(json, index + 1);
      if (index === -1) return false;
    } else if (unit === bracket || unit === brace) {
      depth += 1;
      if (depth > maxDepth) return true;
    } else if (unit === bracketEnd || unit === braceEnd) depth -= 1;
  }
  return false;
}

/** Where the string that goes on at `from` ends; -1 when it does not. */
function endOfString(json: string, from: number): number {
  let end = json.indexOf('"', from);
  while (end !== -1 && isEscaped(json, end, from)) end = json.indexOf('"', end + 1);
  return end;
}

/** An odd number of backslashes stands before it. */
function isEscaped(json: string, at: number, from: number): boolean {
  let first = at;
  while (first > from && json.charCodeAt(first - 1) === backslash) first -= 1;
  return (at - first) % 2 === 1;
}
