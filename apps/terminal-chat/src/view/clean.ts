/**
 * What somebody else wrote, safe to print: no control characters, by which a terminal could be told to do things, and none that turn the
 * direction of what follows. Line breaks stay where `hasLines` says so.
 */
export function clean(text: string, hasLines = false): string {
  const lines = hasLines ? text.replaceAll(/\r\n?/gu, "\n").split("\n") : [text];
  return lines.map((line) => line.replaceAll("\t", "    ").replaceAll(hidden, "")).join("\n");
}

const hidden = /[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;
