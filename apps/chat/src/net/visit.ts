import {
  CHAT,
  parseHistoryRequest,
  parseMemberCard,
  parseWireLine,
  parseWireReaction,
  type LineKey,
  type WireLine,
  type WireReaction,
} from "@peerloom/app-chat-wire";
import { connect, PeerloomError, type Client, type MessageContext, type Room, type RoomMember } from "@peerloom/client";
import { direct } from "@peerloom/direct";
import { io, type Socket } from "socket.io-client";
import { ROOM, type Effect, type Input, type ListedMember, type Moment } from "../model/state.ts";
import { Card } from "./card.ts";
import { canGoDirect, iceServersOf } from "./ice-servers.ts";
import type { NetOptions } from "./net.ts";
import { askForHistory } from "./recall.ts";
import type { Session } from "./session.ts";
import { toCode } from "./to-code.ts";
import { Typing } from "./typing.ts";

/** How long one try to reach the relay may take before people are told, in milliseconds. */
const connectTimeoutMs = 4000;
const helperTimeoutMs = 5000;
const namespace = "/peerloom";

type ConnectEffect = Extract<Effect, { do: "connect" }>;

/** One stay in one room, from the first try to connect until it is left. After that it tells nothing. */
export class Visit {
  readonly #options: NetOptions;
  readonly #life = new AbortController();
  readonly #typings = new Map<string, Typing>();
  #client: Client | undefined;
  #session: Session | undefined;
  #card: Card | undefined;
  /** Lines emitted while the relay was out of reach. */
  #waiting: string[] = [];

  constructor(options: NetOptions) {
    this.#options = options;
  }

  /** What the room is told about this page's person; tells nobody before the room is joined. */
  get card(): Pick<Card, "set"> {
    return this.#card ?? { set: () => {} };
  }

  /** Connects and joins; tells `joined` or `refused`. Never rejects. */
  async start({ id, name, room, afterMs }: ConnectEffect, before: Promise<void>): Promise<void> {
    const { signal } = this.#life;
    try {
      await before;
      await new Promise((resolve) => setTimeout(resolve, afterMs));
      const socket = io(new URL(namespace, this.#options.url).href, {
        autoConnect: false,
        forceNew: true,
        reconnection: false,
        transports: ["websocket"],
        timeout: connectTimeoutMs,
      });
      const paths = canGoDirect() ? { direct: direct({ iceServers: () => iceServersOf(this.#client) }) } : {};
      const client = await connect(socket, { clientId: id, metadata: { name }, connectTimeoutMs, signal, ...paths });
      this.#client = client;
      if (signal.aborted) return await client.close();
      const joining = client.join(room, { metadata: { name }, signal });
      this.#hear(client, joining);
      this.#enter(client, await joining, socket, name);
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
    this.typing(talk, false);
    if (talk === ROOM) this.#say(line);
    else void this.#whisper(talk, line);
  }

  react(talk: string, reaction: WireReaction): void {
    this.#emit(talk, CHAT.reaction, reaction);
  }

  typing(talk: string, isTyping: boolean): void {
    const typing =
      this.#typings.get(talk) ??
      new Typing((now) => (talk === ROOM ? this.card.set({ isTyping: now }) : this.#emit(talk, CHAT.typing, now)));
    if (isTyping) this.#typings.set(talk, typing);
    typing.set(isTyping);
  }

  /** Asks who is in the room; tells `recalled`. */
  recall(before: (LineKey & { readonly time: number }) | undefined): void {
    if (this.#session === undefined) return;
    const asking = askForHistory(this.#session, before === undefined ? {} : { before }, this.#options.now());
    void asking.then((page) => this.#tell({ type: "recalled", ...page, isOlder: before !== undefined }));
  }

  after(ms: number, input: Input): void {
    setTimeout(() => this.#tell(input), ms);
  }

  #tell(input: Input): void {
    if (!this.#life.signal.aborted) this.#options.tell(input);
  }

  /** Private lines, and what others ask. A line that comes before this page has entered is handled when it has: then its sender is told. */
  #hear(client: Client, joining: Promise<Room>): void {
    client.onAny(CHAT.whisper, async (value: unknown, { from }: MessageContext) => {
      await joining;
      const line = parseWireLine(value, this.#options.now());
      if (line === undefined) throw new PeerloomError("BAD_REQUEST", "this is no line");
      this.#tell({ type: "heard", talk: from, from, line });
    });
    client.onAny(CHAT.reaction, (value: unknown, { from }: MessageContext) => {
      const reaction = parseWireReaction(value);
      if (reaction !== undefined) this.#tell({ type: "reacted", talk: from, from, reaction });
    });
    client.onAny(CHAT.typing, (value: unknown, { from }: MessageContext) => this.#tell({ type: "typing", from, isTyping: value === true }));
    client.onAny(CHAT.history, async (value: unknown, { from }: MessageContext) => {
      const request = parseHistoryRequest(value);
      const room = await joining;
      if (request === undefined) throw new PeerloomError("BAD_REQUEST", "this is no request for history");
      if (request.room !== room.name || !room.members.has(from)) throw new PeerloomError("NOT_A_MEMBER", "only who is in the room may ask");
      return this.#options.remember(request);
    });
  }

  #enter(client: Client, room: Room, socket: Socket, name: string): void {
    const moment = (): Moment => ({ noteId: this.#options.makeId(), time: this.#options.now() });
    const session: Session = { client, room, socket, signal: this.#life.signal };
    this.#session = session;
    this.#card = new Card(room, name);
    const members = [...room.members.values()].map(toListed);
    this.#tell({ type: "joined", id: client.id, members, kept: this.#options.kept(client.id, room.name) });
    room.on(CHAT.line, (value: unknown, { from }: MessageContext) => {
      const line = parseWireLine(value, this.#options.now());
      if (line !== undefined) this.#tell({ type: "heard", talk: ROOM, from, line });
    });
    room.on(CHAT.reaction, (value: unknown, { from }: MessageContext) => {
      const reaction = parseWireReaction(value);
      if (reaction !== undefined) this.#tell({ type: "reacted", talk: ROOM, from, reaction });
    });
    room.on("member:join", (member) => this.#tell({ type: "member", change: "join", member: toListed(member), ...moment() }));
    room.on("member:update", (member) => this.#tell({ type: "member", change: "update", member: toListed(member), ...moment() }));
    room.on("member:leave", ({ id }) => this.#tell({ type: "member-left", id, ...moment() }));
    room.on("gap", ({ from, missed }) => this.#tell({ type: "gap", from, missed, ...moment() }));
    room.on("closed", ({ error }) => this.#tell({ type: "closed", ...toCode(error) }));
    client.on("state", ({ state }) => this.#changed(client, state === "online"));
    for (const attach of this.#options.attachments) attach(session);
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
      const answer = await client.remote(relayId).timeout(helperTimeoutMs).emitWithAck(CHAT.helper);
      const { name, about } = answer as { readonly name?: unknown; readonly about?: unknown };
      if (typeof name === "string" && typeof about === "string") this.#tell({ type: "helper", id: relayId, name, about });
    } catch {
      // This relay has none.
    }
  }

  /** Something beside the lines: when it cannot be sent, nobody misses it. */
  #emit(talk: string, event: string, value: unknown): void {
    try {
      if (talk === ROOM) this.#session?.room.emit(event, value);
      else this.#client?.remote(talk).emit(event, value);
    } catch {
      // The room was left, or too much waits.
    }
  }

  #say(line: WireLine): void {
    try {
      this.#session?.room.emit(CHAT.line, { ...line });
      if (this.#session?.room.state === "joined") this.#tell({ type: "delivered", talk: ROOM, id: line.id });
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
    if (this.#session?.room.state !== "joined") return;
    const ids = this.#waiting;
    this.#waiting = [];
    for (const id of ids) this.#tell({ type: "delivered", talk: ROOM, id });
  }

  async #whisper(to: string, line: WireLine): Promise<void> {
    try {
      await this.#client?.remote(to).emitWithAck(CHAT.whisper, { ...line });
      this.#tell({ type: "delivered", talk: to, id: line.id });
    } catch (thrown) {
      this.#tell({ type: "undelivered", talk: to, id: line.id, ...toCode(thrown) });
    }
  }
}

function toListed({ id, metadata, state }: RoomMember): ListedMember {
  const { name, status, isTyping, callId } = parseMemberCard(id, metadata);
  return { id, name, presence: state, status, isTyping, isInCall: callId !== undefined };
}
