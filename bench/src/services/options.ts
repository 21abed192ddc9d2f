import type { Group, GroupOptions } from "../group-options.ts";

const names = ["calls-64", "call-latency", "fanout-1000", "fanout-1000-alone", "fanout-1000-burst"] as const;

export type ServiceOptions = GroupOptions<(typeof names)[number]>;

export const services: Group<(typeof names)[number]> = {
  bench: "services",
  two: "two halves of the subscribers in processes of their own",
  names,
  prefix: /^(services|topics)\./,
};
