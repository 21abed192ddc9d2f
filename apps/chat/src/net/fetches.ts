import { CHAT, type FileOffer, type LineKey } from "@peerloom/app-chat-wire";
import type { PeerStream } from "@peerloom/client";
import { Cells } from "../cell.ts";
import { keyOfLine } from "../model/line.ts";
import { isPicture, offered, ownAccord, stepTransfer, type Transfer, type TransferInput } from "../model/transfer.ts";
import { inWords } from "../model/words.ts";
import { PartialFile } from "./partial-file.ts";
import type { Session } from "./session.ts";
import { toCode } from "./to-code.ts";

/** The owner may be back; then it goes on where it broke. */
const passing = new Set(["PEER_AWAY", "PEER_LOST", "PEER_NOT_FOUND", "PEER_RESTARTED", "NO_HANDLER"]);
const tellMs = 120;

interface Fetch {
  readonly line: LineKey;
  readonly file: FileOffer;
  readonly parts: PartialFile;
  stream: PeerStream | undefined;
  life: AbortController;
}

/** The files this page fetches from others. What has come is kept, so that a fetch that breaks goes on from there. */
export class Fetches {
  /** By `keyOfLine`. */
  readonly cells: Cells<Transfer> = new Cells<Transfer>(offered);
  readonly #fetches = new Map<string, Fetch>();
  readonly #nameOf: (id: string) => string;
  #session: Session | undefined;
  #waiting: (readonly [LineKey, FileOffer])[] = [];
  #ownAccordBytes = 0;

  constructor(nameOf: (id: string) => string) {
    this.#nameOf = nameOf;
  }

  attach = (session: Session): void => {
    const { client, room, signal } = session;
    this.#session = session;
    const back = ({ id, state }: { readonly id: string; readonly state: string }): void => {
      if (state === "here") this.#resume(id);
    };
    room.on("member:join", back, { signal });
    room.on("member:update", back, { signal });
    client.on("presence", back, { signal });
    // Whoever was here all the time does not come back.
    client.on("state", ({ state }) => state === "online" && this.#resume(), { signal });
    signal.addEventListener("abort", () => this.#clear());
  };

  /** Begins, or goes on. */
  start(line: LineKey, file: FileOffer): void {
    const key = keyOfLine(line);
    if (this.cells.at(key).value.at === "here" || this.cells.at(key).value.at === "fetching") return;
    this.#tell(key, { type: "fetch" });
    const known = this.#fetches.get(key);
    const fetch: Fetch = known ?? { line, file, parts: new PartialFile(), stream: undefined, life: new AbortController() };
    if (known !== undefined) known.life = new AbortController();
    this.#fetches.set(key, fetch);
    void this.#run(key, fetch);
  }

  /** Begins as soon as few others are under way; nothing when it is large, or enough came of its own accord. */
  startByItself(line: LineKey, file: FileOffer): void {
    const isNew = this.cells.at(keyOfLine(line)).value.at === "offered";
    const isTooMuch = file.size > ownAccord.maxBytes || this.#ownAccordBytes + file.size > ownAccord.bytesPerStay;
    if (!isNew || isTooMuch || this.#waiting.length >= ownAccord.waiting) return;
    this.#ownAccordBytes += file.size;
    this.#waiting.push([line, file]);
    this.#startWaiting();
  }

  #startWaiting(): void {
    const isRunning = (key: string): boolean => this.cells.at(key).value.at === "fetching";
    while ([...this.#fetches.keys()].filter(isRunning).length < ownAccord.atOnce) {
      const [line, file] = this.#waiting.shift() ?? [];
      if (line === undefined || file === undefined) return;
      if (this.cells.at(keyOfLine(line)).value.at === "offered") this.start(line, file);
    }
  }

  pause(line: LineKey): void {
    const key = keyOfLine(line);
    this.#tell(key, { type: "pause" });
    this.#stop(key);
  }

  /** Ends it and forgets what has come. */
  cancel(line: LineKey): void {
    const key = keyOfLine(line);
    this.#tell(key, { type: "cancel" });
    this.#stop(key);
    this.#fetches.delete(key);
  }

  #tell(key: string, input: TransferInput): void {
    const cell = this.cells.at(key);
    cell.set(stepTransfer(cell.value, input));
  }

  #stop(key: string): void {
    const fetch = this.#fetches.get(key);
    fetch?.life.abort();
    fetch?.stream?.destroy();
  }

  /** What has come is let go with the room. */
  #clear(): void {
    for (const key of this.#fetches.keys()) this.#stop(key);
    this.#fetches.clear();
    this.#waiting = [];
    this.#ownAccordBytes = 0;
    for (const key of this.cells.keys) {
      const { value } = this.cells.at(key);
      if (value.at === "here") URL.revokeObjectURL(value.url);
    }
    this.cells.clear();
  }

  /** Goes on with what waits: for this owner, or for anybody. */
  #resume(owner?: string): void {
    for (const [key, { line, file }] of this.#fetches) {
      if ((owner ?? line.from) === line.from && this.cells.at(key).value.at === "waiting") this.start(line, file);
    }
  }

  async #run(key: string, fetch: Fetch): Promise<void> {
    const { line, file, parts, life } = fetch;
    try {
      await this.#read(key, fetch, life.signal);
      if (life.signal.aborted) return;
      if (parts.done !== file.size) throw new Error("The file has another size than was said.");
      const type = isPicture(file.type) ? file.type : "application/octet-stream";
      this.#tell(key, { type: "complete", url: URL.createObjectURL(parts.toBlob(type)) });
      this.#fetches.delete(key);
    } catch (thrown) {
      if (life.signal.aborted) return;
      const error = toCode(thrown);
      const name = this.#nameOf(line.from);
      if (passing.has(error.code)) this.#tell(key, { type: "lost" });
      else this.#tell(key, { type: "failed", why: error.code === "CLOSED" ? error.message : inWords(error, name) });
    } finally {
      this.#startWaiting();
    }
  }

  async #read(key: string, fetch: Fetch, signal: AbortSignal): Promise<void> {
    if (this.#session === undefined) return;
    const { line, parts } = fetch;
    const metadata = { id: line.id, offset: parts.done };
    const stream = await this.#session.client.remote(line.from).openStream(CHAT.file, { metadata, signal });
    fetch.stream = stream;
    const reader = stream.readable.getReader();
    let [since, before] = [performance.now(), parts.done];
    let bytesPerSecond = 0;
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      if (!(part.value instanceof Uint8Array)) throw new Error("What came is no file.");
      parts.add(part.value);
      if (parts.done > fetch.file.size) throw new Error("The file is longer than was said.");
      const now = performance.now();
      if (now - since < tellMs) continue;
      const rate = ((parts.done - before) / (now - since)) * 1000;
      bytesPerSecond = bytesPerSecond === 0 ? rate : bytesPerSecond * 0.8 + rate * 0.2;
      [since, before] = [now, parts.done];
      this.#tell(key, { type: "progress", done: parts.done, bytesPerSecond });
    }
  }
}
