import type { Connect, ConnectIdle } from "./wire.ts";

/** Waits for `@peerloom/client`; until then `--without ours`. */
export const connect: Connect = () => Promise.reject(new Error("there is no client of ours yet"));

export const connectIdle: ConnectIdle = () => Promise.reject(new Error("there is no client of ours yet"));
