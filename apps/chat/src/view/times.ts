/** The hour and minute, as people here write it. */
export function clock(time: number): string {
  return new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" }).format(time);
}

/** The day, in words. */
export function day(time: number): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: "full" }).format(time);
}

/** Day and time, in full. */
export function moment(time: number): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" }).format(time);
}

/** Names the local day of a time, to tell days apart. */
export function dayKey(time: number): string {
  return new Date(time).toDateString();
}
