import { Contact, type ContactHost } from "./contact.ts";
import { LIMITS } from "./limits.ts";

/** The peers with keys, or on the way to some. Those without a session are bounded in number, and forgotten after a while. */
export class Contacts {
  readonly #host: ContactHost;
  readonly #byId = new Map<string, Contact>();
  #strangers = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: ContactHost) {
    this.#host = host;
  }

  get size(): number {
    return this.#byId.size;
  }

  get(id: string): Contact | undefined {
    return this.#byId.get(id);
  }

  all(): Contact[] {
    return [...this.#byId.values()];
  }

  /** The peer's entry, made when there is none. */
  open(id: string): Contact {
    const known = this.#byId.get(id);
    if (known !== undefined) return known;
    const contact = new Contact(id, this.#host);
    this.#byId.set(id, contact);
    this.#strangers += 1;
    if (this.#strangers > LIMITS.maxStrangers) this.#forgetOldest();
    this.#sweepLater();
    return contact;
  }

  /** A session with this peer begins. */
  watch(id: string): void {
    const contact = this.open(id);
    if (!contact.isWatched) this.#strangers -= 1;
    contact.begun();
  }

  /** It has ended. */
  unwatch(id: string): void {
    const contact = this.#byId.get(id);
    if (!contact?.isWatched) return;
    this.#strangers += 1;
    contact.ended();
    this.#sweepLater();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const contact of this.#byId.values()) contact.close();
    this.#byId.clear();
    this.#strangers = 0;
  }

  #sweepLater(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const before = this.#host.now() - LIMITS.lingerMs;
      for (const contact of this.all()) if (!contact.isWatched && !contact.isBusy && contact.activeAt <= before) this.#forget(contact);
      if (this.#strangers > 0) this.#sweepLater();
    }, LIMITS.lingerMs);
  }

  #forgetOldest(): void {
    let oldest: Contact | undefined;
    for (const contact of this.#byId.values()) {
      if (!contact.isWatched && contact.activeAt < (oldest?.activeAt ?? Infinity)) oldest = contact;
    }
    if (oldest !== undefined) this.#forget(oldest);
  }

  #forget(contact: Contact): void {
    contact.close();
    this.#byId.delete(contact.id);
    this.#strangers -= 1;
  }
}
