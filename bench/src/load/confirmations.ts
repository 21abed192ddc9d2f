import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/**
 * What a careful publisher has besides its relay: the subscribers tell it how much has arrived, over a connection of their own, so that it
 * costs no contestant anything.
 */
export class Confirmations {
  readonly #sockets = new Set<Socket>();
  #isScheduled = false;
  #count = 0;

  /** Listens on a free loopback port and resolves with it. */
  async listen(): Promise<number> {
    const server = createServer((socket) => this.#sockets.add(socket.setNoDelay().unref())).unref();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  }

  /** So many messages have arrived at all subscribers here; told at the end of the turn. */
  confirm(count: number): void {
    this.#count = count;
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      for (const socket of this.#sockets) socket.write(`${this.#count}\n`);
    });
  }
}

/** The publisher's end: how much all have confirmed. */
export class Confirmed {
  readonly #counts: number[];
  #changed = (): void => {};

  private constructor(parts: number) {
    this.#counts = Array.from({ length: parts }, () => 0);
  }

  static async connect(ports: readonly number[]): Promise<Confirmed> {
    const confirmed = new Confirmed(ports.length);
    await Promise.all(ports.map((port, index) => confirmed.#connect(port, index)));
    return confirmed;
  }

  get count(): number {
    return Math.min(...this.#counts);
  }

  /** Resolves when `count` have been confirmed. */
  async reaches(count: number): Promise<void> {
    while (this.count < count) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }

  async #connect(port: number, index: number): Promise<void> {
    const socket = connect(port, "127.0.0.1").setNoDelay().setEncoding("latin1").unref();
    let rest = "";
    socket.on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      const last = lines.at(-1);
      if (last === undefined) return;
      this.#counts[index] = Number(last);
      this.#changed();
    });
    await once(socket, "connect");
  }
}
