import type { Cluster, ClusterEvents, HeldId, Place } from "@peerloom/server";
import { redisCluster, type RedisClusterOptions } from "../src/index.ts";

/** What a cluster has told, in the place of a relay. */
export class TestNode implements AsyncDisposable {
  readonly cluster: Cluster;
  readonly messages: string[] = [];
  readonly errors: unknown[] = [];
  readonly unheard: string[] = [];
  held: HeldId[] = [];
  place: Place | undefined;
  live: readonly string[] = [];
  #waiting: (() => void)[] = [];

  constructor(url: string, options: RedisClusterOptions = {}) {
    this.cluster = redisCluster(url, options);
    const events: ClusterEvents = {
      held: () => this.held,
      sent: () => 0,
      joined: (place) => this.#note(() => (this.place = place)),
      left: () => this.#note(() => (this.place = undefined)),
      nodes: (live) => this.#note(() => (this.live = live.map(({ node }) => node))),
      unheard: (node) => this.#note(() => this.unheard.push(node)),
      message: (bytes) => this.#note(() => this.messages.push(bytes.toString())),
      drained: () => this.#note(() => {}),
      failed: (thrown) => this.errors.push(thrown),
    };
    this.cluster.start(events);
  }

  /** Resolves when this is so; looked at whenever something has been told. */
  async when(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  async joined(): Promise<Place> {
    await this.when(() => this.place !== undefined);
    return this.place as Place;
  }

  claim(id: string, instance: string, hasResume = false): ReturnType<Cluster["claim"]> {
    return this.cluster.claim({ tenant: undefined, id, instance, hasResume, policy: "reject" });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.cluster.close();
  }

  #note(change: () => unknown): void {
    change();
    for (const look of this.#waiting.splice(0)) look();
  }
}
