import type { Group, Options } from "../options.ts";

const names = ["calls-64", "call-latency", "fanout-1000", "fanout-1000-alone", "fanout-1000-burst"] as const;
export const contestants = ["ours", "hand"] as const;

export type ServiceContestant = (typeof contestants)[number];
export type ServiceOptions = Options<(typeof names)[number], ServiceContestant>;

export const services: Group<(typeof names)[number], ServiceContestant> = {
  bench: "services",
  two: "two halves of the subscribers in processes of their own",
  names,
  prefix: /^(services|topics)\./,
  contestants,
};
