export { rtc } from "./choose.ts";
export type { RtcChoice } from "./choose.ts";
export { weriftRtc } from "./werift.ts";
export type { WeriftOptions } from "./werift.ts";
