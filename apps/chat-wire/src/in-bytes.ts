const units = ["B", "kB", "MB", "GB", "TB"] as const;

/** A number of bytes as people say it: three digits at most. */
export function inBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  for (; value >= 999.5 && unit < units.length - 1; unit++) value /= 1000;
  return `${unit === 0 || value >= 99.5 ? Math.round(value) : value.toPrecision(value < 9.95 ? 2 : 3)} ${units[unit] ?? ""}`;
}
