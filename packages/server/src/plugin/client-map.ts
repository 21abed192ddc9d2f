import type { Socket } from "socket.io";

/** Who is connected: client ids and the ids of their sockets, both ways. */
export class ClientMap {
  readonly #socketIds = new Map<string, string>();
  readonly #clientIds = new Map<string, string>();

  /** A copy, as an object without a prototype: no id can reach one. */
  get clientMap(): Readonly<Record<string, string>> {
    return Object.assign(Object.create(null) as object, Object.fromEntries(this.#socketIds)) as Record<string, string>;
  }

  get clientIds(): readonly string[] {
    return [...this.#socketIds.keys()];
  }

  /** Adds a client; an earlier socket of it is forgotten. @throws TypeError when an id is missing. */
  addClient(clientId: string, socketId: Socket["id"]): void {
    for (const id of [clientId, socketId]) {
      if (typeof id !== "string" || id === "") throw new TypeError("a clientId and a socketId are required");
    }
    this.removeClient(clientId);
    this.#socketIds.set(clientId, socketId);
    this.#clientIds.set(socketId, clientId);
  }

  removeClient(clientId: string): void {
    const socketId = this.#socketIds.get(clientId);
    this.#socketIds.delete(clientId);
    if (socketId !== undefined) this.#clientIds.delete(socketId);
  }

  socketIdOf(clientId: string): string | undefined {
    return this.#socketIds.get(clientId);
  }

  clientIdOf(socketId: string): string | undefined {
    return this.#clientIds.get(socketId);
  }

  clear(): void {
    this.#socketIds.clear();
    this.#clientIds.clear();
  }
}
