import { parseWireLine, type WireLine } from "@peerloom/app-chat-wire";
import { nameOfMember } from "@peerloom/app-chat-wire";
import { connect, PeerloomError, type Client, type MessageContext, type Room, type RoomMember } from "@peerloom/client";
import { ROOM, type Effect, type Input, type Kept, type ListedMember } from "./model/state.ts";

export interface NetOptions {
  /** Where the relay is. */
  readonly url: string;
  readonly tell: (input: Input) => void;
  /** What was said before a reload. */
  readonly kept: (id: string, room: string) => Kept | undefined;
  readonly now: () => number;
  readonly makeId: () => string;
}

/** The page's way to the relay: runs effects, tells inputs. The only file that knows the client. */
export interface Net {
  run(effect: Effect): void;
}

/** How long one try to reach the relay may take before people are told, in milliseconds. */
const connectTimeoutMs = 4000;
const helperTimeoutMs = 5000;

export function createNet(options: NetOptions): Net {
  let visit: Visit | undefined;
  let leaving: Promise<void> = Promise.resolve();
  const leave = (): void => {
    const last = visit;
    visit = undefined;
    // The name is only free again when the one before has left.
    if (last !== undefined) leaving = Promise.all([leaving, last.leave()]).then(() => {});
  };
  return {
    run: (effect) => {
      switch (effect.do) {
        case "connect":
          leave();
          visit = new Visit(options);
          return void visit.start(effect, leaving);
        case "disconnect":
          return leave();
        case "send":
          return visit?.send(effect.talk, effect.line);
        case "wake":
          return visit?.after(effect.afterMs, { type: "wake", talk: effect.talk });
      }
    },
  };
}

type ConnectEffect = Extract<Effect, { do: "connect" }>;

/** One stay in one room, from the first try to connect until it is left. After that it tells nothing. */
class Visit {
  readonly #options: NetOptions;
  readonly #life = new AbortController();
  #client: Client | undefined;
  #room: Room | undefined;
  /** Lines emitted while the relay was out of reach. */
  #waiting: string[] = [];

  constructor(options: NetOptions) {
    this.#options = options;
  }

  /** Connects and joins; tells `joined` or `refused`. Never rejects. */
  async start({ id, name, room, afterMs }: ConnectEffect, before: Promise<void>): Promise<void> {
    const { signal } = this.#life;
    try {
      await before;
      await new Promise((resolve) => setTimeout(resolve, afterMs));
      const client = await connect(this.#options.url, { clientId: id, metadata: { name }, connectTimeoutMs, signal });
      this.#client = client;
      if (signal.aborted) return await client.close();
      const joining = client.join(room, { metadata: { name }, signal });
      this.#hear(client, joining);
      this.#enter(client, await joining);
    } catch (thrown) {
      this.#tell({ type: "refused", ...toCode(thrown) });
      await this.leave();
    }
  }

  /** Ends everything; resolves when the relay knows. Never rejects. */
  async leave(): Promise<void> {
    this.#life.abort();
    await this.#client?.close();
  }

  /** Sends a line; tells `delivered` or `undelivered`. */
  send(talk: string, line: WireLine): void {
    if (talk === ROOM) this.#say(line);
    else void this.#whisper(talk, line);
  }

  after(ms: number, input: Input): void {
    setTimeout(() => this.#tell(input), ms);
  }

  #tell(input: Input): void {
    if (!this.#life.signal.aborted) this.#options.tell(input);
  }

  /** Private lines. One that comes before this page has entered is handled when it has: then its sender is told. */
  #hear(client: Client, joining: Promise<Room>): void {
    client.onAny("whisper", async (value: unknown, { from }: MessageContext) => {
      await joining;
      const line = parseWireLine(value, this.#options.now());
      if (line === undefined) throw new PeerloomError("BAD_REQUEST", "this is no line");
      this.#tell({ type: "heard", talk: from, from, line });
    });
  }

  #enter(client: Client, room: Room): void {
    const moment = (): { noteId: string; time: number } => ({ noteId: this.#options.makeId(), time: this.#options.now() });
    this.#room = room;
    const members = [...room.members.values()].map(toListed);
    this.#tell({ type: "joined", id: client.id, members, kept: this.#options.kept(client.id, room.name) });
    room.on("line", (value: unknown, { from }: MessageContext) => {
      const line = parseWireLine(value, this.#options.now());
      if (line !== undefined) this.#tell({ type: "heard", talk: ROOM, from, line });
    });
    room.on("member:join", (member) => this.#tell({ type: "member", change: "join", member: toListed(member), ...moment() }));
    room.on("member:update", (member) => this.#tell({ type: "member", change: "update", member: toListed(member), ...moment() }));
    room.on("member:leave", ({ id }) => this.#tell({ type: "member-left", id, ...moment() }));
    room.on("gap", ({ from, missed }) => this.#tell({ type: "gap", from, missed, ...moment() }));
    room.on("closed", ({ error }) => this.#tell({ type: "closed", ...toCode(error) }));
    client.on("state", ({ state }) => this.#changed(client, state === "online"));
    void this.#meetHelper(client);
  }

  #changed(client: Client, isOnline: boolean): void {
    this.#tell({ type: "connection", isOnline });
    if (isOnline) void this.#flushed(client);
  }

  /** A relay may have a program that answers; it tells who it is. */
  async #meetHelper(client: Client): Promise<void> {
    const { relayId } = client;
    if (relayId === undefined) return;
    try {
      const answer = await client.remote(relayId).timeout(helperTimeoutMs).emitWithAck("helper");
      const { name, about } = answer as { readonly name?: unknown; readonly about?: unknown };
      if (typeof name === "string" && typeof about === "string") this.#tell({ type: "helper", id: relayId, name, about });
    } catch {
      // This relay has none.
    }
  }

  #say(line: WireLine): void {
    try {
      this.#room?.emit("line", { ...line });
      if (this.#room?.state === "joined") this.#tell({ type: "delivered", talk: ROOM, id: line.id });
      else this.#waiting.push(line.id);
    } catch (thrown) {
      this.#tell({ type: "undelivered", talk: ROOM, id: line.id, ...toCode(thrown) });
    }
  }

  /** What waited has left once the room is joined again: the relay answers in order, so that is when it answers this. */
  async #flushed(client: Client): Promise<void> {
    try {
      await client.lookup(client.id);
    } catch {
      // Offline again; there will be a next time.
    }
    if (this.#room?.state !== "joined") return;
    const ids = this.#waiting;
    this.#waiting = [];
    for (const id of ids) this.#tell({ type: "delivered", talk: ROOM, id });
  }

  async #whisper(to: string, line: WireLine): Promise<void> {
    try {
      await this.#client?.remote(to).emitWithAck("whisper", { ...line });
      this.#tell({ type: "delivered", talk: to, id: line.id });
    } catch (thrown) {
      this.#tell({ type: "undelivered", talk: to, id: line.id, ...toCode(thrown) });
    }
  }
}

function toListed({ id, metadata, state }: RoomMember): ListedMember {
  return { id, name: nameOfMember(id, metadata), presence: state };
}

function toCode(thrown: unknown): { readonly code: string; readonly message: string } {
  if (PeerloomError.is(thrown)) return { code: thrown.code, message: thrown.message };
  return { code: "CLOSED", message: thrown instanceof Error ? thrown.message : "the connection was closed" };
}
