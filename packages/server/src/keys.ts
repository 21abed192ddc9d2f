/**
 * socket.io's names of the rooms of one tenant. A tenant's begin with `tenant:`, its escaped name and `/`; those of the relay's own name
 * space with one of five other words, and socket ids have no colon: so no name that a client chooses reaches into another name space.
 */
export class Keys {
  /** The room of those who watch the list of services. */
  readonly services: string;
  readonly #prefix: string;

  constructor(tenant: string | undefined) {
    this.#prefix = tenant === undefined ? "" : `tenant:${encodeURIComponent(tenant)}/`;
    this.services = `${this.#prefix}services`;
  }

  /** The room of a user's room. */
  room(name: string): string {
    return `${this.#prefix}room:${name}`;
  }

  /** The room of a topic's subscribers. */
  topic(room: string): string {
    return `${this.#prefix}topic:${room}`;
  }

  /** The room of those who watch the providers of a service. */
  providers(service: string): string {
    return `${this.#prefix}providers:${service}`;
  }

  /** The room of those who are subscribed to a signaling address. */
  signal(address: string): string {
    return `${this.#prefix}signal:${address}`;
  }
}
