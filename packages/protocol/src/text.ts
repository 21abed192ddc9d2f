/** UTF-8 length of a string in bytes, without encoding it. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) continue;
    bytes += unit < 0x800 ? 1 : 2;
    // Both halves of a pair take four bytes; half a pair is sent as U+FFFD, in three.
    if (isHigh(unit) && isLow(text.charCodeAt(index + 1))) index += 1;
  }
  return bytes;
}

/** Cuts a text into pieces of at most `size` UTF-16 units (at least 2), never between the two halves of a surrogate pair. */
export function cutText(text: string, size: number): string[] {
  const pieces: string[] = [];
  for (let from = 0; from < text.length;) {
    let to = from + Math.max(2, size);
    if (isHigh(text.charCodeAt(to - 1)) && isLow(text.charCodeAt(to))) to -= 1;
    pieces.push(text.slice(from, to));
    from = to;
  }
  return pieces;
}

/** Both are false for the NaN that `charCodeAt` gives behind the end. */
function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}
