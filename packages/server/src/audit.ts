import type { AnyCode } from "@peerloom/core";
import type { RefusalPlace } from "./events.ts";

/** Something that was refused, or everything of the same kind within a second. */
export interface AuditEntry {
  /** `dismissal`: the relay closed a client's connection. */
  readonly where: RefusalPlace | "dismissal";
  readonly code: AnyCode;
  /** Of the client's connection, as the option `trustProxy` has it; undefined where many kinds are told together. */
  readonly address?: string | undefined;
  readonly tenant?: string | undefined;
  /** The id that the client has, or asked for. Of many, the last one. */
  readonly clientId?: string | undefined;
  /** What the client was told, of a refused handshake. */
  readonly message?: string | undefined;
  /** How many there were. */
  readonly count: number;
}

/** How long what is alike is gathered, in milliseconds. */
const windowMs = 1000;
/** Kinds that are told apart within that time; all beyond are told together, by place and code. */
const maxKinds = 200;

/**
 * Tells what is refused, at a bounded rate: the first of a kind (place, code, address, tenant) at once, those that follow within a second
 * together when it is over. It knows neither tokens nor what clients say to each other, so it cannot tell them.
 */
export class Audit {
  readonly #tell: (entry: AuditEntry) => void;
  /** What has come of each kind since it was told last. */
  #kinds = new Map<string, AuditEntry>();
  #timer: NodeJS.Timeout | undefined;

  constructor(tell: (entry: AuditEntry) => void) {
    this.#tell = tell;
  }

  note(entry: Omit<AuditEntry, "count">): void {
    const full = `${entry.where}\n${entry.code}\n${entry.address ?? ""}\n${entry.tenant ?? ""}`;
    const isKnown = this.#kinds.has(full);
    const isCrowded = !isKnown && this.#kinds.size >= maxKinds;
    const key = isCrowded ? `${entry.where}\n${entry.code}` : full;
    const kind: Omit<AuditEntry, "count"> = isCrowded ? { where: entry.where, code: entry.code } : entry;
    const known = this.#kinds.get(key);
    if (known === undefined && !isCrowded) this.#tell({ ...kind, count: 1 });
    const count = known?.count ?? (isCrowded ? 0 : -1);
    this.#kinds.set(key, { ...kind, count: count + 1 });
    this.#timer ??= setTimeout(() => this.flush(), windowMs).unref();
  }

  /** Tells what was gathered. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const kinds = this.#kinds;
    this.#kinds = new Map();
    for (const entry of kinds.values()) if (entry.count > 0) this.#tell(entry);
  }
}
