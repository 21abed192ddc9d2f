import type { Group, GroupOptions } from "../group-options.ts";

const names = ["typing", "typing-over-empty", "scroll"] as const;

export type ChatOptions = GroupOptions<(typeof names)[number]>;

export const chat: Group<(typeof names)[number]> = {
  bench: "chat",
  two: "nothing: there is one page",
  names,
  prefix: /^chat\./,
};
