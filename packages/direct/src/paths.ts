import { PeerloomError, type DirectHost, type DirectPaths, type MessageContext, type Packet, type WaitOptions } from "@peerloom/core";
import type { DirectSettings } from "./options.ts";
import { PeerPath, type PeerPathOwner } from "./peer-path.ts";
import { DIRECT_REQUEST, parseSignal } from "./signal.ts";
import { isWorthMore } from "./usage.ts";

/** Milliseconds before a link is begun that nobody waits for: what two say first goes before what makes the rest faster. */
const patienceMs = 10;

/** The direct paths of one client, by peer; one for each session that has wanted one. */
export class Paths implements DirectPaths, PeerPathOwner {
  readonly host: DirectHost;
  readonly settings: DirectSettings;
  readonly #byId = new Map<string, PeerPath>();
  readonly #closing = new Set<Promise<void>>();
  /** Peers with which a link begins when the timer ends. */
  readonly #wanted = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  constructor(host: DirectHost, settings: DirectSettings) {
    this.host = host;
    this.settings = settings;
    host.handle(DIRECT_REQUEST, (args, context) => this.#answer(args, context));
  }

  send(to: string, packet: Packet): boolean {
    return this.#byId.get(to)?.send(packet) ?? true;
  }

  opened(id: string): void {
    if (this.settings.policy === "eager") this.#wantSoon(id);
  }

  met(id: string): void {
    if (this.settings.policy === "auto") this.#wantSoon(id);
  }

  ended(id: string, error: PeerloomError): void {
    this.#wanted.delete(id);
    const path = this.#byId.get(id);
    this.#byId.delete(id);
    path?.drop(error);
  }

  silent(id: string): void {
    this.#byId.get(id)?.doubt();
  }

  async goDirect(id: string, wait: WaitOptions): Promise<void> {
    if (this.settings.policy === "never") throw new PeerloomError("NO_DIRECT", "this client's policy is to make no direct path");
    if (id === this.host.id) throw new PeerloomError("NO_DIRECT", "a client has no direct path to itself");
    await this.#pathTo(id).until(wait);
  }

  goRelay(id: string): void {
    this.#byId.get(id)?.leave("closed");
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#wanted.clear();
    const closed = new PeerloomError("CLOSED", "this client is closed");
    for (const path of this.#byId.values()) path.drop(closed);
    this.#byId.clear();
    await Promise.all(this.#closing);
  }

  admits(path: PeerPath, isUrgent: boolean): boolean {
    const others = [...this.#byId.values()].filter((other) => other !== path && other.isBusy);
    if (others.length < this.settings.maxPeers) return true;
    const [least] = others.map((other) => ({ other, usage: other.usage })).sort((a, b) => a.usage - b.usage);
    if (least === undefined || (!isUrgent && !isWorthMore(path.usage, least.usage))) return false;
    least.other.leave("full");
    return true;
  }

  linger(closing: Promise<void>): void {
    const done = closing.finally(() => this.#closing.delete(done));
    this.#closing.add(done);
  }

  #wantSoon(id: string): void {
    if (this.#isClosed || id === this.host.id) return;
    this.#wanted.add(id);
    this.#timer ??= setTimeout(() => this.#begin(), patienceMs);
  }

  #begin(): void {
    const ids = [...this.#wanted];
    this.#wanted.clear();
    this.#timer = undefined;
    for (const id of ids) if (this.host.hasSession(id)) this.#pathTo(id).want(false);
  }

  #pathTo(id: string): PeerPath {
    const path = this.#byId.get(id) ?? new PeerPath(id, this);
    this.#byId.set(id, path);
    return path;
  }

  #answer(args: readonly unknown[], { from }: MessageContext): true {
    if (this.settings.policy === "never" || from === this.host.id)
      throw new PeerloomError("NO_DIRECT", "this client's policy is to make no direct path");
    const signal = parseSignal(args);
    if (signal === undefined) throw new PeerloomError("BAD_REQUEST", "this is no message about a direct path");
    const begins = signal.type === "want" || (signal.type === "link" && signal.message.type === "offer");
    if (begins && !this.#accepts(from)) throw new PeerloomError("NO_DIRECT", "this client accepts no direct path from that one");
    this.#pathTo(from).receive(signal);
    return true;
  }

  #accepts(id: string): boolean {
    try {
      return this.settings.accepts(id);
    } catch (thrown) {
      this.host.failed(id, thrown);
      return false;
    }
  }
}
