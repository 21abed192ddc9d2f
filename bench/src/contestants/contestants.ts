import type { Connect, ConnectIdle, ConnectMember, Listen, OpenPublisher, Subscribe } from "./wire.ts";

export type ContestantName = "ours" | "guarded" | "hand" | "hand-cluster" | "ws" | "plugin" | "bare" | StreamContestant | "ours-service";

/** The same with their streams in place of messages. */
type StreamContestant = "ours-stream" | "plugin-stream";

interface Contestant {
  readonly relay: () => Promise<{ readonly listen: Listen }>;
  readonly client: () => Promise<{ readonly connect: Connect; readonly connectIdle?: ConnectIdle; readonly connectMember?: ConnectMember }>;
  readonly topic?: () => Promise<{ readonly openPublisher: OpenPublisher; readonly subscribe: Subscribe }>;
}

/** Loaded on demand, so that each process holds the code of one contestant only. */
export const contestants: Readonly<Record<ContestantName, Contestant>> = {
  ours: {
    relay: () => import("./ours-relay.ts"),
    client: () => import("./ours-client.ts"),
    topic: () => import("./ours-topic.ts"),
  },
  // As it is out of the box, with all limits.
  guarded: { relay: () => import("./guarded-relay.ts"), client: () => import("./ours-client.ts") },
  hand: {
    relay: () => import("./hand-relay.ts"),
    client: () => import("./hand-client.ts"),
    topic: () => import("./hand-topic.ts"),
  },
  // Its nodes are in cluster/hand-node.ts.
  "hand-cluster": { relay: () => import("./hand-relay.ts"), client: () => import("./hand-cluster-client.ts") },
  ws: { relay: () => import("./ws-relay.ts"), client: () => import("./ws-client.ts") },
  plugin: { relay: () => import("./plugin-relay.ts"), client: () => import("./plugin-client.ts") },
  "ours-stream": { relay: () => import("./ours-relay.ts"), client: () => import("./ours-stream-client.ts") },
  "plugin-stream": { relay: () => import("./plugin-relay.ts"), client: () => import("./plugin-stream-client.ts") },
  "ours-service": { relay: () => import("./ours-relay.ts"), client: () => import("./ours-service-client.ts") },
  // Where only idle clients are measured.
  bare: { relay: () => import("./bare-relay.ts"), client: () => import("./hand-client.ts") },
};
