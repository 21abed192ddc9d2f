import {
  CHAT,
  idOfName,
  parseHistoryRequest,
  parseMemberCard,
  parseWireLine,
  parseWireReaction,
  type MemberCard,
  type Status,
  type WireLine,
} from "@peerloom/app-chat-wire";
import {
  connect,
  PeerloomError,
  type Client,
  type ConnectOptions,
  type MessageContext,
  type Room,
  type RoomMember,
} from "@peerloom/client";
import { pageOf, react, recall, remember, type Memory } from "../model/memory.ts";
import type { Input, Listed, Place } from "../model/state.ts";
import { askHistory } from "./history.ts";

export interface ChatOptions {
  readonly url: string;
  readonly name: string;
  readonly tell: (input: Input) => void;
  readonly now: () => number;
  /** Options of the connection besides. */
  readonly connection?: ConnectOptions | undefined;
}

const helperTimeoutMs = 3000;
const greetTimeoutMs = 5000;
/** In a room of more, direct paths are made only to those one has to do with. */
const maxGreeted = 16;

/** The way to the relay and to the others: tells inputs, and does what it is told to. The part of the program that knows the client. */
export class Chat implements AsyncDisposable {
  readonly client: Client;
  readonly #options: ChatOptions;
  readonly #rooms = new Map<string, Room>();
  readonly #memories = new Map<string, Memory>();
  #status: Status = "here";

  private constructor(client: Client, options: ChatOptions) {
    this.client = client;
    this.#options = options;
  }

  /** Connects under the id that goes with the name. @throws PeerloomError like `connect`: `CLIENT_ID_TAKEN`, `RELAY_UNREACHABLE`, … */
  static async open(options: ChatOptions): Promise<Chat> {
    const { url, name, connection } = options;
    const client = await connect(url, { ...connection, clientId: idOfName(name), metadata: { name } });
    const chat = new Chat(client, options);
    chat.#listen();
    return chat;
  }

  get name(): string {
    return this.#options.name;
  }

  get rooms(): ReadonlyMap<string, Room> {
    return this.#rooms;
  }

  /** Enters a room and asks what was said there. @throws PeerloomError like `client.join`. */
  async join(name: string): Promise<void> {
    if (this.#rooms.has(name)) return;
    const room = await this.client.join(name, { metadata: { ...this.#card() } });
    this.#rooms.set(name, room);
    this.#memories.set(name, []);
    this.#options.tell({ type: "joined", room: name, members: [...room.members.values()].map(toListed) });
    this.#hear(room);
    for (const id of room.members.keys()) this.#greet(room, id);
    const lines = await askHistory(this.client, room, this.#options.now());
    const [memory, fresh] = recall(this.#memories.get(name) ?? [], lines);
    if (!this.#rooms.has(name)) return;
    this.#memories.set(name, memory);
    if (fresh.length > 0) this.#options.tell({ type: "remembered", room: name, lines: fresh });
  }

  async leave(name: string): Promise<void> {
    await this.#rooms.get(name)?.leave();
  }

  /** Says a line; one that does not arrive is told as a problem. */
  say(place: Place, line: WireLine): void {
    if (place.kind === "person") void this.#whisper(place.id, line);
    else this.#sayInRoom(place.room, line);
  }

  async setStatus(status: Status): Promise<void> {
    this.#status = status;
    await Promise.all([...this.#rooms.values()].map((room) => room.setMetadata({ ...this.#card() })));
  }

  /** Resolves when the relay has taken all that was said in rooms: it answers in order. Private lines are waited for by `close`. */
  async flushed(): Promise<void> {
    await this.client.lookup(this.client.id);
  }

  close(): Promise<void> {
    return this.client.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #card(): Pick<MemberCard, "name" | "status" | "isTyping"> {
    return { name: this.#options.name, status: this.#status, isTyping: false };
  }

  #listen(): void {
    const { client } = this;
    const { tell, now } = this.#options;
    client.on("state", ({ state }) => {
      if (state !== "closed") tell({ type: "connection", isOnline: state === "online" });
    });
    client.on("path", ({ id, path }) => tell({ type: "path", id, path }));
    // How long the way takes is all that is asked.
    client.onAny(CHAT.ping, () => null);
    client.on("undeliverable", (event) => {
      if ("room" in event) tell({ type: "problem", text: `${event.count} lines in #${event.room} were not sent: ${event.error.message}` });
    });
    client.on("error", ({ error }) => {
      // What a handler refuses is told to whoever asked.
      if (!PeerloomError.is(error)) tell({ type: "problem", text: messageOf(error) });
    });
    client.onAny(CHAT.whisper, (value: unknown, { from }: MessageContext) => {
      const line = parseWireLine(value, now());
      if (line === undefined) throw new PeerloomError("BAD_REQUEST", "this is no line");
      tell({ type: "heard", place: { kind: "person", id: from }, from, line });
    });
    client.onAny(CHAT.reaction, (value: unknown, { from }: MessageContext) => {
      const reaction = parseWireReaction(value);
      if (reaction?.isOn === true) tell({ type: "reacted", from, emoji: reaction.emoji, text: undefined });
    });
    client.onAny(CHAT.history, (value: unknown, { from }: MessageContext) => {
      const request = parseHistoryRequest(value);
      if (request === undefined || this.#rooms.get(request.room)?.members.has(from) !== true)
        throw new PeerloomError("NOT_A_MEMBER", "only members of the room are told what was said there");
      return { ...pageOf(this.#memories.get(request.room) ?? [], request) };
    });
    void this.#meetHelper();
  }

  #hear(room: Room): void {
    const { tell, now } = this.#options;
    const { name } = room;
    room.on(CHAT.line, (value: unknown, { from }: MessageContext) => {
      const line = parseWireLine(value, now());
      if (line === undefined) return;
      this.#remember(name, from, line);
      tell({ type: "heard", place: { kind: "room", room: name }, from, line });
    });
    room.on(CHAT.reaction, (value: unknown, { from }: MessageContext) => {
      const reaction = parseWireReaction(value);
      const memory = this.#memories.get(name) ?? [];
      if (reaction === undefined) return;
      this.#memories.set(name, react(memory, from, reaction));
      const text = memory.find(({ id, from: author }) => id === reaction.line.id && author === reaction.line.from)?.text;
      if (reaction.isOn) tell({ type: "reacted", from, emoji: reaction.emoji, text });
    });
    for (const signal of ["member:join", "member:update"] as const)
      room.on(signal, (member) => tell({ type: "member", room: name, member: toListed(member) }));
    room.on("member:join", ({ id }) => this.#greet(room, id));
    room.on("member:leave", ({ id }) => tell({ type: "member-left", room: name, id }));
    room.on("gap", ({ from, missed }) => tell({ type: "gap", room: name, from, missed }));
    room.on("closed", ({ error }) => {
      this.#rooms.delete(name);
      this.#memories.delete(name);
      tell({ type: "left-room", room: name, why: error?.message });
    });
  }

  /** With a session there can be a direct path: both begin with the first word. */
  #greet(room: Room, id: string): void {
    if (this.#options.connection?.direct === undefined || room.members.size > maxGreeted) return;
    this.client
      .remote(id)
      .timeout(greetTimeoutMs)
      .emitWithAck(CHAT.ping)
      .catch(() => {
        // Whoever does not answer is greeted by the first thing that is said.
      });
  }

  #remember(room: string, from: string, line: WireLine): void {
    this.#memories.set(room, remember(this.#memories.get(room) ?? [], from, line));
  }

  #sayInRoom(name: string, line: WireLine): void {
    try {
      const room = this.#rooms.get(name);
      if (room === undefined) throw new PeerloomError("NOT_A_MEMBER", `you are not in #${name}`);
      room.emit(CHAT.line, { ...line });
      this.#remember(name, this.client.id, line);
    } catch (thrown) {
      this.#options.tell({ type: "problem", text: `Not sent: ${messageOf(thrown)}` });
    }
  }

  async #whisper(to: string, line: WireLine): Promise<void> {
    try {
      await this.client.remote(to).emitWithAck(CHAT.whisper, { ...line });
    } catch (thrown) {
      this.#options.tell({ type: "problem", text: `${to} did not get “${line.text.slice(0, 40)}”: ${messageOf(thrown)}` });
    }
  }

  /** A relay may have a program that answers; it tells who it is. */
  async #meetHelper(): Promise<void> {
    const { relayId } = this.client;
    if (relayId === undefined) return;
    try {
      const answer = await this.client.remote(relayId).timeout(helperTimeoutMs).emitWithAck(CHAT.helper);
      const name: unknown = typeof answer === "object" && answer !== null ? Reflect.get(answer, "name") : undefined;
      if (typeof name === "string") this.#options.tell({ type: "helper", id: relayId, name: name.slice(0, 64) });
    } catch {
      // This relay has none.
    }
  }
}

/** What an error says, in one line. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

function toListed({ id, metadata, state }: RoomMember): Listed {
  const { name, status } = parseMemberCard(id, metadata);
  return { id, name, status, presence: state };
}
