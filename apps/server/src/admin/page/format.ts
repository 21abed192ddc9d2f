/** A time in the two largest units: `4 s`, `3 min 5 s`, `2 h 0 min`, `1 d 3 h`. */
export function duration(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (minutes === 0) return `${seconds} s`;
  if (hours === 0) return `${minutes} min ${seconds % 60} s`;
  return hours < 24 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** Bytes in a unit that leaves at most four digits: `900 B`, `1.5 KiB`. */
export function bytes(count: number): string {
  const units = ["B", "KiB", "MiB", "GiB"];
  const power = count < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(count) / 10));
  const value = count / 1024 ** power;
  return `${power === 0 ? value : value.toFixed(1)} ${units[power]}`;
}

/** The line of a chart over values, oldest first, in a box of `width` by `height`; the highest value touches the top. */
export function chartLine(values: readonly number[], { width, height }: { readonly width: number; readonly height: number }): string {
  const top = Math.max(1, ...values);
  const step = width / Math.max(1, values.length - 1);
  const points = values.map((value, index) => `${(index * step).toFixed(1)} ${(height - (value / top) * height).toFixed(1)}`);
  return points.length < 2 ? "" : `M${points.join("L")}`;
}
