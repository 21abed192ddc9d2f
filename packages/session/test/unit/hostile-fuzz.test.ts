import { randomFrom } from "@peerloom/core/testing";
import { expect, test } from "vitest";
import { victim, type Victim } from "./victim.ts";

const seed = Math.floor(Math.random() * 2 ** 31);
const packets = 120_000;
const attackers = ["mallory", "eve", "__proto__", "trudy", "constructor"];
const limits = {
  windowBytes: 65_536,
  highWaterBytes: 65_536,
  maxQueuedBytes: 1_000_000,
  maxMessageBytes: 150_000,
  maxServedRequests: 50,
  maxPeers: 5,
};
/** Per peer: waiting, under way and early, with one message more than allowed in each. */
const budget = limits.maxPeers * (limits.maxQueuedBytes + 3 * limits.windowBytes + 3 * limits.maxMessageBytes);
const names = ["ask", "wait", "throw", "large", "nobody", "boom", "x"];
const oddTexts = ["__proto__", "constructor", "", "x".repeat(500), "\u0000", "[", "\ud800"];
const strangeDestinations = ["", "", "alice-instance.1", "alice-instance.9", "bob-instance.1", "alice-other-one.1"];
const garbage = ["[99]", "[]", "{}", "null", "1", '"x"', "[0]", '[0,"x"]', '[5,""]', "[7]", '[1,-1,"x",[]]', '[0,"x",[{"__proto__":1}]]'];

interface Face {
  readonly id: string;
  /** Number of its session: one more each time it starts anew. */
  session: number;
  /** Number of its next frame. */
  next: number;
}

/** Makes hostile packets: real ones with other numbers and frames, some of them damaged. */
class Attacker {
  readonly #random: () => number;
  readonly #world: Victim;
  #id = 100;
  #stream = 0;
  readonly #faces: readonly Face[] = attackers.map((id) => ({ id, session: 1, next: 0 }));

  constructor(random: () => number, world: Victim) {
    this.#random = random;
    this.#world = world;
  }

  attack(): void {
    const face = this.#pick(this.#faces);
    const wasEnded = face.next > 0 && !this.#world.alice.peers.includes(face.id);
    if (this.#chance(wasEnded ? 0.9 : 0.001)) {
      face.session += 1;
      face.next = 0;
    }
    const attachments = Array.from({ length: this.#chance(0.15) ? 1 + this.#below(9) : 0 }, () => this.#binary());
    const frames = Array.from({ length: this.#below(4) }, () => this.#frame());
    if (attachments.length > 0) frames.push(this.#frameWith(attachments.length));
    const isInOrder = this.#chance(0.9);
    const destination = this.#chance(0.5) ? "" : this.#world.sessionFor(face.id);
    const header = `"hostile-instance.${face.session}","${isInOrder ? destination : this.#pick(strangeDestinations)}",${isInOrder ? face.next : this.#number()}`;
    const text = `[1,${header},${this.#number()},${this.#extension()}${frames.map((frame) => `,${frame}`).join("")}]`;
    this.#world.hostile(face.id, this.#chance(0.003) ? this.#damaged(text) : text, attachments);
    if (isInOrder) face.next += frames.length;
  }

  #extension(): string {
    if (this.#chance(0.6)) return "0";
    const fields = [
      `"h":${this.#number()}`,
      `"e":${this.#number()}`,
      `"g":[${this.#number()},${this.#number()}]`,
      `"g":[0,${Number.MAX_SAFE_INTEGER}]`,
    ];
    if (this.#chance(0.01)) fields.push('"x":"BECAUSE"');
    return `{${fields.filter(() => this.#chance(0.4)).join(",")}}`;
  }

  #frame(): string {
    const id = this.#chance(0.95) ? (this.#id += 1) : this.#below(100);
    const name = this.#pick(names);
    const text = JSON.stringify(this.#pick(oddTexts));
    if (this.#chance(0.002)) return this.#pick(garbage);
    if (this.#chance(0.002)) return `[${8 + this.#below(7)},${this.#number()},${text},${this.#number()},[]]`;
    if (this.#chance(0.2)) return this.#streamFrame(text);
    if (this.#chance(0.002)) return `[7,[${this.#number()}]]`;
    return this.#pick([
      `[0,"${name}",[${text}]]`,
      `[1,${id},"${name}",[${text}]]`,
      `[2,${this.#below(100)},[${text}]]`,
      `[3,${this.#below(100)},"E",${text}]`,
      `[4,${this.#id - this.#below(100)}]`,
      `[5,${JSON.stringify("x".repeat(1 + this.#below(20)))}]`,
    ]);
  }

  #streamFrame(text: string): string {
    const stream = this.#chance(0.98) ? 1 + this.#below(30) : -this.#below(5);
    return this.#pick([
      `[8,${(this.#stream += 1)},"${this.#pick(["s", "s", "refused", "nobody"])}",${this.#number()},[${text}]]`,
      `[10,${stream},"E",${text}]`,
      `[11,${stream},[${text}]]`,
      `[11,${stream},[${text}]]`,
      `[12,${stream},${this.#number()}]`,
      `[13,${stream}]`,
      `[14,${stream},"E",${text}]`,
      `[5,${JSON.stringify("x".repeat(1 + this.#below(20)))},${stream}]`,
    ]);
  }

  #frameWith(attachments: number): string {
    const places = Array.from({ length: attachments }, (_, n) => n);
    const holes = places.map((n) => `[[${n}],"b",${n}${this.#chance(0.3) ? ",1" : ""}]`);
    const values = `[${places.map(() => 0).join(",")}],[${holes.join(",")}]`;
    return this.#pick([`[0,"x",${values}]`, `[1,${(this.#id += 1)},"ask",${values}]`, attachments === 1 ? "[6]" : `[2,1,${values}]`]);
  }

  #number(): number {
    return this.#pick([0, 1, 2, this.#below(100), this.#below(10_000), 2 ** 31, Number.MAX_SAFE_INTEGER]);
  }

  #binary(): unknown {
    return this.#chance(0.002) ? this.#pick([null, {}, "text", 5]) : new Uint8Array(this.#below(3000));
  }

  #damaged(text: string): unknown {
    const at = this.#below(text.length);
    return this.#pick([
      text.slice(0, at),
      text.slice(0, at) + text.slice(at + 3),
      text.slice(0, at) + this.#pick(['"', "[", "9", "{"]) + text.slice(at),
      undefined,
      {},
    ]);
  }

  #chance(part: number): boolean {
    return this.#random() < part;
  }

  #below(max: number): number {
    return Math.floor(this.#random() * max);
  }

  #pick<T>(list: readonly T[]): T {
    return list[this.#below(list.length)] as T;
  }
}

test(`${packets} hostile packets throw nothing, stay within the budgets and harm nobody else (seed ${seed})`, async () => {
  await using world = await victim(limits);
  const attacker = new Attacker(randomFrom(seed), world);
  let handled = 0;
  world.alice.onAny("ask", (value: unknown) => {
    handled += 1;
    return value;
  });
  world.alice.onAny("wait", () => new Promise(() => {}));
  world.alice.onStream("s", () => {});
  world.alice.onStream("refused", () => {
    throw new Error("no");
  });
  world.alice.onAny("large", () => "x".repeat(140_000));
  for (const name of ["throw", "boom"]) {
    world.alice.onAny(name, () => {
      throw new Error(name);
    });
  }
  let [bytes, requests, peers] = [0, 0, 0];

  for (let n = 1; n <= packets; n++) {
    attacker.attack();
    if (n % 50 === 0) await world.turn();
    if (n % 10 === 0) {
      const { load } = world.alice;
      [bytes, requests, peers] = [Math.max(bytes, load.bytes), Math.max(requests, load.requests), Math.max(peers, load.peers)];
    }
    if (n % 1000 === 0) {
      world.takeSent();
      // It talks to them, too.
      for (const id of world.alice.peers) if (id !== "bob") world.alice.remote(id).emit("x", n);
    }
  }

  expect(handled).toBeGreaterThan(packets / 50);
  expect(bytes).toBeLessThan(budget);
  expect([requests <= limits.maxPeers * limits.maxServedRequests, peers]).toEqual([true, limits.maxPeers]);
  expect(await world.isUnharmed()).toBe(true);
}, 30_000);
