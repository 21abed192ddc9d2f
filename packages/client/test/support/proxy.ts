import { EventEmitter, once } from "node:events";
import { createServer, connect, type AddressInfo, type Server, type Socket } from "node:net";

/** A TCP proxy in front of a relay, whose connections a test can cut. */
export class Proxy implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #refused = new EventEmitter();
  #isOpen = true;

  private constructor(port: number) {
    this.#server = createServer((near) => {
      if (!this.#isOpen) {
        near.destroy();
        return void this.#refused.emit("one");
      }
      const far = connect(port, "127.0.0.1");
      this.#join(near, far);
      this.#join(far, near);
    });
  }

  static async start(port: number): Promise<Proxy> {
    const proxy = new Proxy(port);
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Ends all connections without a word; new ones are let through. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Ends all connections, and lets none through until `open`. */
  shut(): void {
    this.#isOpen = false;
    this.cut();
  }

  /** Stops reading what clients send, until `resume`. */
  pause(): void {
    for (const socket of this.#sockets) socket.pause();
  }

  resume(): void {
    for (const socket of this.#sockets) socket.resume();
  }

  open(): void {
    this.#isOpen = true;
  }

  /** Resolves when so many more connections have come while it was shut. */
  async refusals(count: number): Promise<void> {
    for (let left = count; left > 0; left--) await once(this.#refused, "one");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(from: Socket, to: Socket): void {
    this.#sockets.add(from);
    from.on("error", () => {});
    from.on("close", () => {
      this.#sockets.delete(from);
      to.destroy();
    });
    from.pipe(to);
  }
}
