import type { Group, Options } from "../options.ts";

const names = ["typing", "typing-over-empty", "scroll"] as const;

export type ChatOptions = Options<(typeof names)[number]>;

export const chat: Group<(typeof names)[number]> = {
  bench: "chat",
  names,
  prefix: /^chat\./,
  hasProcesses: false,
};
