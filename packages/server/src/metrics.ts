import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { ClusterStatus } from "./cluster/cluster.ts";
import type { RelayStats } from "./counters.ts";
import type { Relay } from "./relay.ts";

/** What is known of a relay at one moment. */
interface Moment extends RelayStats {
  readonly cluster: ClusterStatus | undefined;
}
type Read = (moment: Moment) => number | Readonly<Record<string, number>>;

/** What is read from the relay when somebody asks: name, what it counts, the label of its parts, and where it is found. */
const gauges: readonly (readonly [name: string, help: string, read: Read, label?: string])[] = [
  ["clients", "Clients known, by state", ({ clients }) => clients, "state"],
  ["tenants", "Tenants that have clients", ({ tenants }) => tenants],
  ["rooms", "Rooms with members", ({ rooms }) => rooms],
  ["services", "Services with providers", ({ services }) => services],
  ["topics", "Topics that are published or subscribed to", ({ topics }) => topics],
  ["cluster_relays", "Relays that are joined, this one included; 0 while it is cut off", ({ cluster }) => cluster?.nodes ?? 1],
  ["cluster_clients_elsewhere", "Clients on the other relays", ({ cluster }) => cluster?.clientsElsewhere ?? 0],
  ["paths", "Paths to other clients, as those tell that can take direct ones; each end counts", ({ paths }) => ({ ...paths }), "path"],
  ["congested_clients", "Clients whose outbound queue is over its budget", ({ congested }) => congested],
  ["queued_bytes", "Bytes waiting to be sent to clients", ({ queuedBytes }) => queuedBytes],
  ["longest_queue_bytes", "Bytes waiting for the client with the most", ({ longestQueueBytes }) => longestQueueBytes],
];
const counters: typeof gauges = [
  ["connections_total", "Connections let in, reconnects included", ({ connections }) => connections],
  ["packets_total", "Packets forwarded from one client to another", ({ packets }) => packets],
  ["packet_bytes_total", "Bytes of these packets", ({ bytes }) => bytes],
  ["room_packets_total", "Packets to rooms, each once", ({ roomPackets }) => roomPackets],
  ["room_packet_bytes_total", "Bytes of these packets", ({ roomBytes }) => roomBytes],
  ["packets_elsewhere_total", "Packets handed to other relays", ({ abroad }) => abroad],
  ["cluster_received_total", "Messages from other relays", ({ cluster }) => cluster?.received ?? 0],
  ["cluster_received_bytes_total", "Bytes of these messages", ({ cluster }) => cluster?.receivedBytes ?? 0],
  ["controls_total", "Requests of clients to the relay", ({ controls }) => controls],
  ["malformed_total", "Events that were none of the protocol", ({ malformed }) => malformed],
  ["refused_total", "What was refused to clients, by code", ({ refused }) => refused, "code"],
  ["dismissed_total", "Connections that the relay closed, by code", ({ dismissed }) => dismissed, "code"],
  ["errors_total", "Errors in the relay or its hooks", ({ errors }) => errors],
];

/**
 * Adds a relay's metrics to a registry of prom-client, all with names that begin with `peerloom_`: who and what there is, what was forwarded and
 * refused, what waits, and how long forwarding and the hook `authenticate` take. They are read when the registry is; one relay a registry. Returns the registry, a
 * new one when none was given.
 */
export function collectMetrics(relay: Relay, registry: Registry = new Registry()): Registry {
  const stats = rememberShortly(() => ({ ...relay.stats(), cluster: relay.cluster }));
  const registers = [registry];
  for (const [name, help, read, label] of gauges) {
    const labelNames = label === undefined ? [] : [label];
    const collect = function (this: Gauge): void {
      this.reset();
      for (const [labels, value] of parts(read(stats()), label)) this.set(labels, value);
    };
    void new Gauge({ name: `peerloom_${name}`, help, labelNames, registers, collect });
  }
  for (const [name, help, read, label] of counters) {
    const labelNames = label === undefined ? [] : [label];
    const collect = function (this: Counter): void {
      this.reset();
      for (const [labels, value] of parts(read(stats()), label)) this.inc(labels, value);
    };
    void new Counter({ name: `peerloom_${name}`, help, labelNames, registers, collect });
  }
  addDurations(relay, registers);
  return registry;
}

function addDurations(relay: Relay, registers: Registry[]): void {
  const forwarding = new Histogram({
    name: "peerloom_forward_seconds",
    help: "Time the relay takes for a packet, of one in 64",
    buckets: [0.000_005, 0.000_01, 0.000_02, 0.000_05, 0.000_1, 0.000_5, 0.001, 0.005, 0.01, 0.1],
    registers,
  });
  const authenticating = new Histogram({
    name: "peerloom_authenticate_seconds",
    help: "Time until the hook authenticate has answered",
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5],
    registers,
  });
  relay.observe({ forwarded: (ms) => forwarding.observe(ms / 1000), authenticated: (ms) => authenticating.observe(ms / 1000) });
}

/** A number is one part without labels. */
function parts(value: ReturnType<Read>, label: string | undefined): [labels: Record<string, string>, value: number][] {
  if (typeof value === "number" || label === undefined) return [[{}, Number(value)]];
  return Object.entries(value).map(([key, count]) => [{ [label]: key }, count]);
}

/** All metrics of one answer are read from the same moment: counting clients for each of them anew would cost. */
function rememberShortly<T>(make: () => T): () => T {
  let known: { readonly value: T } | undefined;
  return () => {
    if (known === undefined) {
      known = { value: make() };
      setImmediate(() => (known = undefined));
    }
    return known.value;
  };
}
