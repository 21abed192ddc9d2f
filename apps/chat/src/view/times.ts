const clockFormat = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const dayFormat = new Intl.DateTimeFormat(undefined, { dateStyle: "full" });
const momentFormat = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });

/** The hour and minute, as people here write it. */
export function clock(time: number): string {
  return clockFormat.format(time);
}

/** The day, in words. */
export function day(time: number): string {
  return dayFormat.format(time);
}

/** Day and time, in full. */
export function moment(time: number): string {
  return momentFormat.format(time);
}

/** Names the local day of a time, to tell days apart. */
export function dayKey(time: number): string {
  const date = new Date(time);
  return `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`;
}
