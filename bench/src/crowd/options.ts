import { floodNames, type FloodName } from "../../../tools/lib/strangers/floods.ts";
import type { Group, Options } from "../options.ts";

type Name = "p50-2000-active" | "p99-2000-active" | "memory-idle-10000" | "join-storm-5000" | `flood-${FloodName}`;

export type CrowdOptions = Options<Name>;

export const load: Group<Name> = {
  bench: "load",
  names: [
    "p50-2000-active",
    "p99-2000-active",
    "memory-idle-10000",
    "join-storm-5000",
    ...floodNames.map((flood) => `flood-${flood}` as const),
  ],
  prefix: /^load\./,
};
