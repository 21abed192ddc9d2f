import { floodNames, type FloodName } from "../../../tools/lib/strangers/floods.ts";
import type { Group, GroupOptions } from "../group-options.ts";

type Name = "p50-2000-active" | "p99-2000-active" | "memory-idle-10000" | "join-storm-5000" | `flood-${FloodName}`;

export type CrowdOptions = GroupOptions<Name>;

export const load: Group<Name> = {
  bench: "load",
  two: "nothing here: relay, clients and attackers are a process each anyway",
  names: [
    "p50-2000-active",
    "p99-2000-active",
    "memory-idle-10000",
    "join-storm-5000",
    ...floodNames.map((flood) => `flood-${flood}` as const),
  ],
  prefix: /^load\./,
};
