import type { Socket } from "node:net";

/** Adds up what connections have handed to the operating system. */
export class Meter {
  readonly #open = new Set<Socket>();
  #before = 0;

  add(socket: Socket): void {
    this.#open.add(socket);
    socket.once("close", () => {
      this.#open.delete(socket);
      this.#before += bytesOut(socket);
    });
  }

  get bytes(): number {
    return [...this.#open].reduce((sum, socket) => sum + bytesOut(socket), this.#before);
  }
}

/** What waits in the process counts as written for Node. */
function bytesOut({ bytesWritten, writableLength }: Socket): number {
  return Math.max(0, bytesWritten - writableLength);
}
