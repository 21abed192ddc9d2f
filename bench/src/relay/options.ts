import type { Group, Options } from "../options.ts";
import { contestants, idleFigures, loadFigures, type RelayContestant } from "./figures.ts";

export type RelayOptions = Options<string, RelayContestant>;

export const relay: Group<string, RelayContestant> = {
  bench: "relay",
  rounds: 5,
  two: "sender and receiver in processes of their own",
  names: [...loadFigures, ...idleFigures].map(({ name }) => name),
  prefix: /^relay\./,
  contestants,
};
