import { backoff, Emitter, PeerloomError, type MessageHandler, type Unsubscribe } from "@peerloom/core";
import { isRecord, topicRoom, type Member, type TopicName } from "@peerloom/protocol";
import { ROOM_TIMING, type RoomLimits } from "../rooms/limits.ts";
import { REPLAY_REQUEST } from "../rooms/replay.ts";
import { RoomCore } from "../rooms/room-core.ts";
import type { RoomHost } from "../rooms/room-host.ts";
import type { MemberChange } from "../rooms/room-roster.ts";
import { TOPIC_EVENT } from "./publication.ts";
import { parseStart, START_REQUEST, type Start } from "./requests.ts";
import type { SubscribeOptions, SubscriptionEvents, TopicContext } from "./subscription-options.ts";
import type { Subscribed, TopicHost } from "./topic-host.ts";

type AnyHandler = (...args: unknown[]) => unknown;

/** A publisher that was asked where to begin; what it publishes meanwhile is kept. */
interface Beginning {
  member: Member;
  readonly abort: AbortController;
  readonly packets: (readonly [next: unknown, text: unknown, attachments: readonly unknown[]])[];
  bytes: number;
  attempt: number;
}

const maxAttempts = 8;
const maxContexts = 256;

/** Events of a subscription; only its core emits. */
class Events extends Emitter<SubscriptionEvents> {
  tell<K extends keyof SubscriptionEvents>(name: K, event: SubscriptionEvents[K]): void {
    this.emit(name, event);
  }

  end(): void {
    this.removeAllListeners();
  }
}

/**
 * One subscription, as its owner drives it: a room in which only publishers are members. A publisher that is to begin with a snapshot,
 * or a part of its history, joins that room when it has said where it begins.
 */
export class SubscriptionCore {
  readonly name: TopicName;
  readonly room: string;
  readonly events: Events = new Events();
  readonly #host: TopicHost;
  readonly #options: SubscribeOptions;
  readonly #core: RoomCore;
  readonly #heldBytes: number;
  readonly #beginnings = new Map<string, Beginning>();
  readonly #handler: AnyHandler;
  readonly #onEnd: (error: PeerloomError) => void;
  readonly #contexts = new Map<string, TopicContext>();
  #key = "";

  /** `onEnd` is called when the subscription ends by itself. */
  constructor(
    name: TopicName,
    host: TopicHost,
    limits: RoomLimits,
    handler: MessageHandler,
    options: SubscribeOptions,
    onEnd: (error: PeerloomError) => void,
  ) {
    this.name = name;
    this.room = topicRoom(name);
    this.#host = host;
    this.#options = options;
    this.#handler = handler as AnyHandler;
    this.#onEnd = onEnd;
    this.#heldBytes = limits.heldBytes;
    this.#core = new RoomCore({ name: this.room, host: this.#roomHost(), limits });
    this.#listen();
  }

  get isJoined(): boolean {
    return this.#core.state === "joined";
  }

  get state(): "live" | "waiting" | "offline" | "closed" {
    if (this.#core.state === "left") return "closed";
    if (this.#core.state === "offline") return "offline";
    return this.publishers.length > 0 ? "live" : "waiting";
  }

  get publishers(): string[] {
    return [...this.#core.roster.members.keys()];
  }

  /** The relay's answer, after each connection. */
  joined({ key, publishers }: Subscribed): void {
    this.#key = key;
    const listed = new Set(publishers.map(({ id }) => id));
    for (const id of [...this.#beginnings.keys()]) if (!listed.has(id)) this.#forget(id);
    const [fresh, known] = partition(publishers, (member) => this.#isToBegin(member));
    this.#core.joined(known);
    for (const member of fresh) this.#begin(member);
  }

  detached(): void {
    this.#core.detached();
  }

  /** The relay tells of a publisher. */
  notice(change: MemberChange, member: Member, reason?: string): void {
    if (change === "leave") this.#forget(member.id);
    else if (this.#isToBegin(member)) return this.#begin(member);
    this.#core.notice(change, member, reason);
  }

  /** A packet has come from a publisher. */
  receive(from: string, next: unknown, text: unknown, attachments: readonly unknown[]): void {
    const beginning = this.#beginnings.size === 0 ? undefined : this.#beginnings.get(from);
    if (beginning === undefined) {
      if (this.#core.roster.members.has(from)) this.#core.receive(from, next, text, attachments);
      return;
    }
    const bytes = typeof text === "string" ? text.length : 0;
    // What does not fit is fetched later.
    if (beginning.bytes + bytes > this.#heldBytes) return;
    beginning.bytes += bytes;
    beginning.packets.push([next, text, attachments]);
  }

  /** Something was published in this very program. */
  deliver(from: string, args: readonly unknown[]): void {
    this.#call([...args, this.#context(from)], from);
  }

  end(error?: PeerloomError): void {
    if (this.#core.state === "left") return;
    for (const id of [...this.#beginnings.keys()]) this.#forget(id);
    this.#core.end(error);
  }

  #isToBegin({ id, instance, metadata }: Member): boolean {
    if (this.#core.roster.members.get(id)?.instance === instance) return false;
    const hasSnapshot = this.#options.onSnapshot !== undefined && isRecord(metadata) && metadata["snapshot"] === true;
    return hasSnapshot || (this.#options.replay ?? 0) > 0;
  }

  #begin(member: Member): void {
    const known = this.#beginnings.get(member.id);
    if (known?.member.instance === member.instance) return void (known.member = member);
    this.#forget(member.id);
    const before = this.#core.roster.members.get(member.id);
    if (before !== undefined) this.#core.notice("leave", { ...before, head: 0 }, "replaced");
    const beginning: Beginning = { member, abort: new AbortController(), packets: [], bytes: 0, attempt: 0 };
    this.#beginnings.set(member.id, beginning);
    this.#ask(beginning);
  }

  #ask(beginning: Beginning): void {
    const { member, abort } = beginning;
    const { replay = 0, onSnapshot } = this.#options;
    const args = [this.room, member.instance, replay, this.#key, onSnapshot !== undefined];
    this.#host.ask(member.id, START_REQUEST, args, abort.signal).then(
      (value) => {
        const start = parseStart(value);
        if (start === undefined) this.#host.malformed("start of a topic");
        this.#started(beginning, start);
      },
      () => this.#retry(beginning),
    );
  }

  /** The publisher may just be telling the relay that it is back. */
  #retry(beginning: Beginning): void {
    if (beginning.abort.signal.aborted) return;
    if (beginning.attempt >= maxAttempts) return this.#started(beginning, undefined);
    const delayMs = backoff(beginning.attempt, { minMs: ROOM_TIMING.retryMs, maxMs: ROOM_TIMING.maxRetryMs });
    beginning.attempt += 1;
    const timer = setTimeout(() => this.#ask(beginning), delayMs);
    beginning.abort.signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  }

  /** Without `start` the subscriber begins with what comes next. */
  #started(beginning: Beginning, start: Start | undefined): void {
    const { member, packets } = beginning;
    if (this.#beginnings.get(member.id) !== beginning) return;
    this.#beginnings.delete(member.id);
    const { from = member.head, next = member.head, snapshot = [] } = start ?? {};
    if (snapshot.length > 0) this.#tellSnapshot(snapshot[0], member.id);
    this.#core.notice("join", { ...member, head: from });
    this.#core.notice("update", { ...member, head: Math.max(next, member.head) });
    for (const packet of packets) this.#core.receive(member.id, ...packet);
  }

  #tellSnapshot(snapshot: unknown, from: string): void {
    const failed = (error: unknown): void => this.#host.failed({ error, from, event: "snapshot" });
    try {
      const result: unknown = this.#options.onSnapshot?.(snapshot, this.#context(from));
      if (result instanceof Promise) result.catch(failed);
    } catch (thrown) {
      failed(thrown);
    }
  }

  #forget(id: string): void {
    this.#beginnings.get(id)?.abort.abort();
    this.#beginnings.delete(id);
  }

  #context(from: string): TopicContext {
    const known = this.#contexts.get(from);
    if (known !== undefined) return known;
    const context = Object.freeze({ from, ...this.name });
    if (this.#contexts.size >= maxContexts) this.#contexts.clear();
    this.#contexts.set(from, context);
    return context;
  }

  #call(args: readonly unknown[], from: string): void {
    const failed = (error: unknown): void => this.#host.failed({ error, from, event: this.name.topic });
    try {
      const result = this.#handler(...args);
      if (result instanceof Promise) result.catch(failed);
    } catch (thrown) {
      failed(thrown);
    }
  }

  #listen(): void {
    const on = (event: string, listener: AnyHandler): Unsubscribe => this.#core.handlers.add(event, listener as MessageHandler);
    const { onGap, onDestroyed } = this.#options;
    if (onGap !== undefined) this.events.on("gap", onGap);
    if (onDestroyed !== undefined) this.events.on("destroyed", onDestroyed);
    on(TOPIC_EVENT, this.#handler);
    on("gap", (gap) => this.events.tell("gap", gap as SubscriptionEvents["gap"]));
    on("member:join", (member) => this.events.tell("live", { from: (member as Member).id }));
    on("member:update", (member) => {
      const { id, state } = member as Member;
      this.events.tell(state === "away" ? "away" : "live", { from: id });
    });
    on("member:leave", (member) => {
      const { id, reason } = member as Member & { readonly reason: string | undefined };
      this.events.tell("destroyed", { from: id, reason });
    });
    on("closed", (event) => {
      this.events.tell("closed", event as SubscriptionEvents["closed"]);
      this.events.end();
    });
  }

  #roomHost(): RoomHost {
    const host = this.#host;
    return {
      instance: host.instance,
      defer: host.defer,
      get sessionTimeoutMs() {
        return host.sessionTimeoutMs;
      },
      send: () => false,
      askReplay: (to, args, signal) => this.#askReplay(to, args, signal),
      setMetadata: async () => {},
      leave: async () => {},
      rejoin: () => {},
      contextOf: (from) => this.#context(from),
      handlerFailed: ({ error, from }) => host.failed({ error, ...(from !== undefined && { from, event: this.name.topic }) }),
      undeliverable: () => {},
      malformed: (what) => host.malformed(what),
    };
  }

  async #askReplay(to: string, args: readonly unknown[], signal: AbortSignal): Promise<unknown> {
    try {
      return await this.#host.ask(to, REPLAY_REQUEST, [...args, this.#key], signal);
    } catch (thrown) {
      if (PeerloomError.is(thrown, "OVERFLOW") && thrown.remote) this.#onEnd(thrown);
      throw thrown;
    }
  }
}

function partition<T>(values: readonly T[], test: (value: T) => boolean): readonly [T[], T[]] {
  return [values.filter(test), values.filter((value) => !test(value))];
}
