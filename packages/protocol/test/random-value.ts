const oddNumbers = [NaN, Infinity, -Infinity, -0, 0, 1, -1, 2 ** 53, 2 ** -1074, 1e308, 0.1];
const oddTexts = ["", "__proto__", "constructor", "\u0000", '"', "\\", "\\u005f_proto__", "😀", "\ud800", "[[[[", "\u2028", "größe"];
const oddKeys = ["", "a", "0", "length", "constructor", "toString", "a b", "😀", '"\\'];

/** A random value that can be carried: JSON, `undefined`, odd numbers and binary, at most `depth` levels deep. */
export function randomValue(random: () => number, depth: number): unknown {
  const below = (max: number): number => Math.floor(random() * max);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  switch (below(depth > 0 ? 9 : 6)) {
    case 0:
      return pick([true, false, null, undefined]);
    case 1:
      return pick(oddNumbers);
    case 2:
      return (random() - 0.5) * 10 ** below(20);
    case 3:
      return pick(oddTexts);
    case 4:
      return String.fromCharCode(...Array.from({ length: below(12) }, () => below(0x1_0000)));
    case 5: {
      const bytes = Uint8Array.from({ length: random() < 0.1 ? 1000 + below(100) : below(10) }, () => below(256));
      return random() < 0.3 ? bytes.buffer : bytes;
    }
    case 6:
    case 7:
      return Array.from({ length: below(5) }, () => randomValue(random, depth - 1));
    default:
      return Object.fromEntries(Array.from({ length: below(5) }, () => [pick(oddKeys), randomValue(random, depth - 1)]));
  }
}

/** A fresh seed; tests print it, so that a failure can be repeated. */
export function freshSeed(): number {
  return Math.floor(Math.random() * 2 ** 31);
}
