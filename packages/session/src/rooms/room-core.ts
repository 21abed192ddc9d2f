import { PeerloomError } from "@peerloom/core";
import type { Member, Metadata } from "@peerloom/protocol";
import { Handlers } from "../handlers.ts";
import { defaultRoomLimits, type RoomLimits } from "./limits.ts";
import { toWireReplay, type WireReplay } from "./replay.ts";
import type { RoomHost } from "./room-host.ts";
import { parseRoomPacket, type RoomEvent } from "./room-packet.ts";
import { RoomRoster, type MemberChange } from "./room-roster.ts";
import { RoomSender } from "./room-sender.ts";
import { isReservedInRooms, type RoomSignal, type RoomSignalEvents } from "./room-signals.ts";
import { RoomSync, type RoomNews } from "./room-sync.ts";

/** `offline`: the relay is out of reach or has not yet let this client in again. */
export type RoomState = "joined" | "offline" | "left";

export interface RoomCoreOptions {
  readonly name: string;
  readonly host: RoomHost;
  readonly limits?: Partial<RoomLimits> | undefined;
  /** What this client tells the others in the room about itself. */
  readonly metadata?: Metadata | undefined;
  /** Number of the first event: higher than all this client object has used before. @defaultValue 0 */
  readonly start?: number;
}

/** Handlers are typed by what the application expects; here their arguments are what came from the wire. */
export type AnyHandler = (...args: unknown[]) => unknown;

/** One room of a client, as the client's owner drives it; applications hold a `Room`. No method throws, whatever comes from the wire. */
export class RoomCore {
  readonly name: string;
  readonly host: RoomHost;
  /** The application's handlers, of members' events and of the room's own signals. */
  readonly handlers: Handlers = new Handlers();
  /** Those of every event that members emit. */
  readonly catchAll: Set<AnyHandler> = new Set();
  readonly sender: RoomSender;
  readonly roster: RoomRoster;
  metadata: Metadata | undefined;
  readonly #sync: RoomSync;
  /** What came in the turn of the first join: whoever awaits `join` has no handlers yet. */
  #early: (() => void)[] | undefined = [];
  #state: RoomState = "offline";

  constructor({ name, host, limits, metadata, start = 0 }: RoomCoreOptions) {
    const budgets = { ...defaultRoomLimits, ...limits };
    this.name = name;
    this.host = host;
    this.metadata = metadata;
    this.sender = new RoomSender(name, host, budgets, start);
    this.roster = new RoomRoster(budgets.heldBytes);
    this.#sync = new RoomSync(name, host, this.roster, (news) => this.#tell(news));
  }

  get state(): RoomState {
    return this.#state;
  }

  /** The relay has let this client in; `members` are the others. Again after each reconnect. */
  joined(members: readonly Member[]): void {
    if (this.#state === "left") return;
    this.#state = "joined";
    const effects = this.roster.reconcile(members);
    if (this.#early === undefined) this.#sync.run(effects);
    else this.host.defer(() => this.#start());
    this.sender.open();
  }

  /** The relay is out of reach. */
  detached(): void {
    if (this.#state === "left") return;
    this.#state = "offline";
    this.sender.shut();
    this.#sync.detached();
  }

  /** The relay takes packets again. */
  writable(): void {
    this.sender.flush();
  }

  /** The relay tells of one member. */
  notice(change: MemberChange, member: Member, reason?: string): void {
    this.#when(() => this.#sync.run(this.roster.notice(change, member, reason)));
  }

  /** A packet has come; `from` is the sender's proven id, the rest is unchecked. */
  receive(from: string, next: unknown, text: unknown, attachments: readonly unknown[]): void {
    const packet = parseRoomPacket(next, text, attachments);
    if (packet === undefined) return this.host.malformed("room packet");
    if (this.#early !== undefined) this.#early.push(() => this.#sync.run(this.roster.receive(from, packet)));
    else if (this.roster.accept(from, packet)) this.#deliverAll(from, packet.events);
    else this.#sync.run(this.roster.receive(from, packet));
  }

  /** The relay did not take a packet for this room. */
  refused(code: string, message: string): void {
    if (this.#state !== "joined") return;
    if (code === "BUSY" || code === "RATE_LIMITED") return this.sender.pause();
    if (code === "NOT_A_MEMBER") {
      this.detached();
      return this.host.rejoin(this.name);
    }
    // What the relay forbids must not reach the others as a replay either.
    this.sender.publisher.forget();
    this.host.undeliverable(this.name, 1, new PeerloomError(code, message));
  }

  /** The answer to a member that missed something. @throws PeerloomError `NOT_A_MEMBER`, `PEER_RESTARTED`. */
  replay(asker: string, instance: string, from: number): WireReplay {
    if (!this.roster.members.has(asker)) throw new PeerloomError("NOT_A_MEMBER", `${JSON.stringify(asker)} is not in the room`);
    if (instance !== this.host.instance) throw new PeerloomError("PEER_RESTARTED", "this client has started anew");
    return toWireReplay(this.sender.publisher.replay(from));
  }

  /** Ends the room here: `closed` is signalled once, then no timer, handler or queue is left. */
  end(error?: PeerloomError): void {
    if (this.#state === "left") return;
    this.sender.end(error ?? new PeerloomError("CLOSED", `the room ${JSON.stringify(this.name)} was left`));
    this.#state = "left";
    this.#early = undefined;
    this.#sync.end();
    this.roster.clear();
    this.#signal("closed", { error });
    this.handlers.remove();
    this.catchAll.clear();
  }

  #when(run: () => void): void {
    if (this.#early === undefined) run();
    else this.#early.push(run);
  }

  #start(): void {
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const run of early) run();
  }

  #tell(news: RoomNews): void {
    if (news.do === "gap") return this.#signal("gap", { from: news.from, missed: news.missed });
    if (news.do === "tell") {
      const { change, member, reason } = news;
      return change === "leave" ? this.#signal("member:leave", { ...member, reason }) : this.#signal(`member:${change}`, member);
    }
    this.#deliverAll(news.from, news.events);
  }

  #deliverAll(from: string, events: readonly RoomEvent[]): void {
    const context = this.host.contextOf?.(from) ?? Object.freeze({ from, room: this.name });
    for (const event of events) {
      if (this.#state === "left") return;
      this.#deliver(from, event, context);
    }
  }

  #signal<K extends RoomSignal>(signal: K, event: RoomSignalEvents[K]): void {
    this.#call(signal, [event], undefined);
  }

  #deliver(from: string, { name, args }: RoomEvent, context: object): void {
    if (isReservedInRooms(name)) return this.host.malformed("room event");
    args.push(context);
    if (this.catchAll.size > 0) for (const handler of [...this.catchAll]) this.#run(handler, name, [name, ...args], from);
    this.#call(name, args, from);
  }

  #call(event: string, args: readonly unknown[], from: string | undefined): void {
    for (const { handler } of this.handlers.take(event)) this.#run(handler as AnyHandler, event, args, from);
  }

  #run(handler: AnyHandler, event: string, args: readonly unknown[], from: string | undefined): void {
    const failed = (error: unknown): void =>
      this.host.handlerFailed({ error, room: this.name, event, ...(from !== undefined && { from }) });
    try {
      const result = handler(...args);
      if (result instanceof Promise) result.catch(failed);
    } catch (thrown) {
      failed(thrown);
    }
  }
}
