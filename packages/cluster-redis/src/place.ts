import type { HeldId, LiveNode } from "@peerloom/server";
import type { Connection } from "./connection.ts";
import type { RedisSettings } from "./options.ts";
import type { Reply } from "./resp.ts";
import { scripts, type ScriptName } from "./scripts.ts";

/** Ids in one script. */
const chunkIds = 500;

/** Names of keys and channels. The braces keep all of them in one slot, should they be in a sharded Redis. */
export class Names {
  readonly prefix: string;
  readonly nodes: string;
  readonly fence: string;
  readonly everyone: string;

  constructor(prefix: string) {
    this.prefix = `{${prefix}}:1:`;
    this.nodes = `${this.prefix}nodes`;
    this.fence = `${this.prefix}fence`;
    this.everyone = `${this.prefix}everyone`;
  }

  node(name: string): string {
    return `${this.prefix}node:${name}`;
  }

  channel(node: string): string {
    return `${this.prefix}to:${node}`;
  }
}

/** What a claim came to, as Redis says it. */
export type Granted = { readonly fence: number; readonly wasElsewhere: boolean };

/** A node's place, on one connection: the scripts with their keys. Each throws when the connection ends, or the place is lost. */
export class PlaceScripts {
  readonly #connection: Connection;
  readonly #names: Names;
  readonly #lease: string;
  readonly #hashes: ReadonlyMap<ScriptName, string>;

  private constructor(connection: Connection, { prefix, leaseMs }: RedisSettings, hashes: ReadonlyMap<ScriptName, string>) {
    this.#connection = connection;
    this.#names = new Names(prefix);
    this.#lease = String(leaseMs);
    this.#hashes = hashes;
  }

  /** Hands the scripts to Redis. */
  static async load(connection: Connection, settings: RedisSettings): Promise<PlaceScripts> {
    const names = Object.keys(scripts) as ScriptName[];
    const hashes = await Promise.all(names.map((name) => connection.call("SCRIPT", "LOAD", scripts[name])));
    return new PlaceScripts(connection, settings, new Map(names.map((name, index) => [name, text(hashes[index])])));
  }

  async register(): Promise<string> {
    const { fence, prefix } = this.#names;
    return text(await this.#run("register", [fence], [prefix, this.#lease]));
  }

  /** @returns the other nodes; undefined when the place is lost. */
  async renew(self: string, sent: number): Promise<LiveNode[] | undefined> {
    const { nodes, fence, prefix } = this.#names;
    const reply = await this.#run("renew", [nodes, fence, this.#names.node(self)], [prefix, this.#lease, self, String(sent)]);
    if (!Array.isArray(reply)) return undefined;
    const live: LiveNode[] = [];
    for (let index = 0; index + 1 < reply.length; index += 2) live.push({ node: text(reply[index]), sent: Number(text(reply[index + 1])) });
    return live;
  }

  /** @returns undefined when it is refused. @throws Error when the place is lost. */
  async claim(self: string, field: string, instance: string, hasResume: boolean, policy: string): Promise<Granted | undefined> {
    const { nodes, fence, prefix } = this.#names;
    const keys = [nodes, fence, this.#names.node(self)];
    const reply = await this.#run("claim", keys, [prefix, this.#lease, field, instance, hasResume ? "1" : "0", policy]);
    if (reply === null) throw new Error("the place is lost");
    if (!Array.isArray(reply)) return undefined;
    return { fence: Number(text(reply[0])), wasElsewhere: text(reply[1]) === "1" };
  }

  /** Nobody waits for the answer. */
  note(self: string, field: string, instance: string, state: "here" | "away" | "gone"): void {
    this.#send("note", [this.#names.node(self)], [field, instance, state.slice(0, 1)], () => {});
  }

  /** Takes again what the former place held. All is on its way when this returns, so that what is noted afterwards comes after it. */
  async reclaim(self: string, former: string | undefined, held: readonly HeldId[]): Promise<{ fence: number; lost: HeldId[] }> {
    const { nodes, fence, prefix } = this.#names;
    const keys = [nodes, fence, this.#names.node(self), this.#names.node(former ?? self)];
    const chunks: (readonly HeldId[])[] = [];
    for (let index = 0; index < Math.max(1, held.length); index += chunkIds) chunks.push(held.slice(index, index + chunkIds));
    const answers = chunks.map(async (chunk) => {
      const args = chunk.flatMap((one) => [fieldOf(one), `${one.state.slice(0, 1)}${one.instance}`]);
      const reply = await this.#run("reclaim", keys, [prefix, this.#lease, self, ...args]);
      if (!Array.isArray(reply)) throw new Error("the place is lost");
      const lost = reply.slice(1).flatMap((index) => chunk[Number(index)] ?? []);
      return { fence: Number(text(reply[0])), lost };
    });
    const taken = await Promise.all(answers);
    return { fence: Math.max(...taken.map((one) => one.fence)), lost: taken.flatMap((one) => one.lost) };
  }

  async leave(node: string): Promise<void> {
    await this.#run("leave", [this.#names.nodes, this.#names.node(node)], [node]);
  }

  #run(name: ScriptName, keys: readonly string[], args: readonly string[]): Promise<Reply> {
    return this.#connection.call("EVALSHA", this.#hashes.get(name) ?? "", String(keys.length), ...keys, ...args);
  }

  #send(name: ScriptName, keys: readonly string[], args: readonly string[], settle: (reply: Reply) => void): void {
    this.#connection.send(["EVALSHA", this.#hashes.get(name) ?? "", String(keys.length), ...keys, ...args], settle);
  }
}

/** The name of an id among a node's fields: no name has a line break in it, and none is empty. */
export function fieldOf({ tenant, id }: { readonly tenant: string | undefined; readonly id: string }): string {
  return tenant === undefined ? id : `${tenant}\n${id}`;
}

function text(reply: Reply | undefined): string {
  if (typeof reply === "string") return reply;
  if (Buffer.isBuffer(reply)) return reply.toString();
  throw new Error("Redis has answered something else than a text");
}
