import { PeerloomError, type AnyCode, type Defer, type MessageContext, type Packet, type WaitOptions } from "@peerloom/core";
import { checkMetadata, checkRoomName, isRoomName, type Member, type Metadata, type Notices } from "@peerloom/protocol";
import { parseReplayRequest, Room, RoomCore, type RoomHost, type RoomLimits } from "@peerloom/session";
import type { ControlChannel } from "./control.ts";

export interface JoinOptions extends WaitOptions {
  /** What this client tells the others in the room about itself. */
  readonly metadata?: Metadata;
  /** How much of what this client emits is kept for members that miss it. @defaultValue 1 MiB, 1000 events */
  readonly history?: { readonly bytes?: number; readonly events?: number };
}

/** Events emitted to a room that will not arrive. */
export interface UndeliverableInRoom {
  readonly room: string;
  readonly count: number;
  readonly error: PeerloomError;
}

export interface RoomsOptions {
  readonly instance: string;
  readonly defer: Defer;
  readonly limits: RoomLimits;
  readonly control: ControlChannel;
  /** This client's id. */
  readonly id: () => string;
  readonly send: (room: string, next: number, packet: Packet) => boolean;
  readonly askReplay: RoomHost["askReplay"];
  readonly handlerFailed: RoomHost["handlerFailed"];
  readonly malformed: (what: string) => void;
  readonly undeliverable: (event: UndeliverableInRoom) => void;
}

interface Entry {
  readonly core: RoomCore;
  readonly room: Room;
  /** Settles with the first join. */
  joining: Promise<Room> | undefined;
  /** Ends the rejoin that is under way. */
  rejoin?: AbortController;
}

const retryMs = 1000;
const maxStrays = 64;

/** Refusals of a rejoin that pass with time. */
const temporary: ReadonlySet<AnyCode> = new Set(["BUSY", "RATE_LIMITED", "TIMEOUT"]);

/** The rooms of one client: joined once, and again after each reconnect. */
export class Rooms {
  readonly #options: RoomsOptions;
  readonly #host: RoomHost;
  readonly #entries = new Map<string, Entry>();
  /** Rooms the relay is being told that we left. */
  readonly #leaving = new Set<string>();
  /** No number up to here is used again, so that a room joined twice goes on counting. */
  #start = 0;
  #sessionTimeoutMs = 30_000;
  #maxPacketBytes: number | undefined;
  #isOnline = false;

  constructor(options: RoomsOptions) {
    this.#options = options;
    const { instance, defer, control, send, askReplay, handlerFailed, malformed } = options;
    const sessionTimeoutMs = (): number => this.#sessionTimeoutMs;
    this.#host = {
      instance,
      defer,
      get sessionTimeoutMs() {
        return sessionTimeoutMs();
      },
      send,
      askReplay,
      handlerFailed,
      malformed,
      undeliverable: (room, count, error) => options.undeliverable({ room, count, error }),
      setMetadata: async (room, metadata, wait) => {
        await control.request("member", { room, metadata }, wait);
      },
      leave: (room) => this.#leave(room),
      rejoin: (room) => this.#rejoin(room),
    };
  }

  get size(): number {
    return this.#entries.size;
  }

  get(name: string): Room | undefined {
    const entry = this.#entries.get(name);
    return entry?.joining === undefined ? entry?.room : undefined;
  }

  /** See `Client.join`. */
  async join(name: string, { metadata, history = {}, ...wait }: JoinOptions = {}): Promise<Room> {
    checkRoomName(name);
    checkMetadata(metadata);
    const known = this.#entries.get(name);
    if (known !== undefined) return known.joining ?? known.room;
    const { limits } = this.#options;
    const historyBytes = checkCount("history.bytes", history.bytes ?? limits.historyBytes);
    const historyEvents = checkCount("history.events", history.events ?? limits.historyEvents);
    const budgets = { ...limits, historyBytes, historyEvents };
    const core = new RoomCore({ name, host: this.#host, limits: budgets, metadata, start: this.#start });
    const entry: Entry = { core, room: new Room(core), joining: undefined };
    this.#entries.set(name, entry);
    this.#applyPacketLimit(entry);
    return (entry.joining = this.#join(entry, wait));
  }

  /** There is a new connection: joins every room again. */
  connected(sessionTimeoutMs: number, maxPacketBytes: number): void {
    this.#isOnline = true;
    this.#sessionTimeoutMs = sessionTimeoutMs;
    this.#maxPacketBytes = maxPacketBytes;
    for (const [name, entry] of this.#entries) {
      this.#applyPacketLimit(entry);
      if (entry.joining === undefined) this.#rejoin(name);
    }
  }

  disconnected(): void {
    this.#isOnline = false;
    for (const { core, rejoin } of this.#entries.values()) {
      rejoin?.abort();
      core.detached();
    }
  }

  /** The relay takes packets again. */
  writable(): void {
    for (const { core } of this.#entries.values()) core.writable();
  }

  memberNotice({ room, change, member, reason }: Notices["member"]): void {
    const entry = this.#entries.get(room);
    if (entry === undefined) return this.#stray(room);
    if (member.id !== this.#options.id()) entry.core.notice(change, member, reason);
  }

  /** A packet of a room was refused. */
  refused({ room, code, message }: Notices["room-refused"]): void {
    const entry = this.#entries.get(room);
    if (entry !== undefined) return entry.core.refused(code, message);
    this.#options.undeliverable({ room, count: 1, error: new PeerloomError(code, message) });
  }

  receive(room: string, from: string, next: unknown, text: unknown, attachments: readonly unknown[]): void {
    const entry = this.#entries.get(room);
    if (entry === undefined) return this.#stray(room);
    if (from !== this.#options.id()) entry.core.receive(from, next, text, attachments);
  }

  /** Answers a member's replay request. */
  replay(args: readonly unknown[], { from: asker }: MessageContext): unknown {
    const request = parseReplayRequest(args);
    if (request === undefined) throw new PeerloomError("BAD_REQUEST", "a malformed replay request");
    const entry = this.#entries.get(request.room);
    if (entry === undefined) throw new PeerloomError("NOT_A_MEMBER", "this client is not in the room");
    return entry.core.replay(asker, request.instance, request.from);
  }

  /** Ends every room here; the relay is told by whoever closes the connection. */
  end(error: PeerloomError): void {
    for (const { core, rejoin } of this.#entries.values()) {
      rejoin?.abort();
      core.end(error.code === "CLOSED" ? undefined : error);
    }
    this.#entries.clear();
    this.#leaving.clear();
  }

  async #join(entry: Entry, wait: WaitOptions): Promise<Room> {
    const { name } = entry.core;
    try {
      await this.#request(entry, wait);
      return entry.room;
    } catch (thrown) {
      this.#entries.delete(name);
      entry.core.end();
      // The relay may have let us in all the same.
      if (PeerloomError.is(thrown, "TIMEOUT") || PeerloomError.is(thrown, "ABORTED")) void this.#tellLeft(name);
      throw thrown;
    } finally {
      entry.joining = undefined;
    }
  }

  #request(entry: Entry, wait: WaitOptions): Promise<unknown> {
    const { core } = entry;
    const { head } = core.sender.publisher;
    const body = { room: core.name, head, ...(core.metadata !== undefined && { metadata: core.metadata }) };
    const onReply = (members: readonly Member[]): void => {
      entry.joining = undefined;
      if (this.#entries.get(core.name) === entry) core.joined(members.filter((member) => member.id !== this.#options.id()));
    };
    return this.#options.control.request("join", body, { ...wait, onReply });
  }

  #rejoin(name: string): void {
    const entry = this.#entries.get(name);
    if (entry === undefined || !this.#isOnline) return;
    entry.rejoin?.abort();
    const { signal } = (entry.rejoin = new AbortController());
    this.#request(entry, { signal }).catch((error: PeerloomError) => {
      if (signal.aborted || this.#entries.get(name) !== entry) return;
      if (temporary.has(error.code)) return this.#rejoinLater(name, signal);
      this.#forget(entry);
      entry.core.end(error);
    });
  }

  #rejoinLater(name: string, signal: AbortSignal): void {
    const timer = setTimeout(() => this.#rejoin(name), retryMs);
    signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  }

  async #leave(name: string): Promise<void> {
    const entry = this.#entries.get(name);
    if (entry === undefined) return;
    entry.rejoin?.abort();
    this.#forget(entry);
    const told = this.#tellLeft(name);
    if (this.#isOnline) await told;
  }

  #forget({ core }: Entry): void {
    this.#start = Math.max(this.#start, core.sender.publisher.head);
    this.#entries.delete(core.name);
  }

  /** Never rejects. */
  async #tellLeft(room: string): Promise<void> {
    this.#leaving.add(room);
    try {
      await this.#options.control.request("leave", { room });
    } catch {
      // Should the relay still count us in, the next that comes from the room tells it again.
    } finally {
      this.#leaving.delete(room);
    }
  }

  /** The relay takes us for a member of a room that we are not in. */
  #stray(room: string): void {
    if (!isRoomName(room)) return this.#options.malformed("room");
    if (!this.#leaving.has(room) && this.#leaving.size < maxStrays) void this.#tellLeft(room);
  }

  #applyPacketLimit({ core }: Entry): void {
    if (this.#maxPacketBytes !== undefined) core.sender.publisher.maxPacketBytes = this.#maxPacketBytes;
  }
}

function checkCount(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new RangeError(`${name} must be a whole number from 0 on, not ${String(value)}`);
}
