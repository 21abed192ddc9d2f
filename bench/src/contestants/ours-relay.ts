import type { Listen } from "./wire.ts";

/** Waits for `@peerloom/server`; until then `--without ours`. */
export const listen: Listen = () => Promise.reject(new Error("there is no relay of ours yet"));
