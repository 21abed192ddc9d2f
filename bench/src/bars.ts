/** What must hold of ratio = ours / baseline. Figures that are not here are context. */
export const bars: Readonly<Record<string, { readonly atLeast: number } | { readonly atMost: number }>> = {
  "relay.rtt-50B": { atMost: 1.15 },
  "relay.burst-100B": { atLeast: 7 },
  "relay.burst-100B-awaited": { atLeast: 5 },
  "relay.bulk-64KiB": { atLeast: 0.9 },
  "relay.memory-idle-client": { atMost: 1.2 },
  "relay.memory-idle-client-5000": { atMost: 1.2 },
  "streams.bulk-64KiB": { atLeast: 0.9 },
  "streams.bulk-64KiB-vs-plugin": { atLeast: 2 },
  "streams.slow-reader-memory": { atMost: 1 },
  "streams.request-during-bulk-p99": { atMost: 5 },
  "services.calls-64": { atLeast: 3 },
  "services.call-latency": { atMost: 1.2 },
  "topics.fanout-1000": { atLeast: 0.95 },
};
