import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server, type Socket } from "socket.io";

/** A relay that does what a test tells it, right or wrong: a raw socket.io server that says welcome. */
export class FakeRelay implements AsyncDisposable {
  readonly #http = createServer();
  readonly #io = new Server(this.#http, { pingInterval: 60_000 });
  readonly #waiting: ((socket: Socket) => void)[] = [];
  /** What each new socket is told first; undefined for nothing. */
  welcome: (auth: Record<string, unknown>) => unknown = ({ clientId }) => ({
    clientId: clientId ?? "guest",
    resume: "resume",
    relayId: "relay",
    sessionTimeoutMs: 1000,
    maxPacketBytes: 262_144,
  });

  static async start(): Promise<FakeRelay> {
    const relay = new FakeRelay();
    relay.#io.of("/other");
    relay.#io.of("/peerloom").on("connection", (socket) => {
      const welcome = relay.welcome(socket.handshake.auth);
      if (welcome !== undefined) socket.emit("welcome", welcome);
      relay.#waiting.shift()?.(socket);
    });
    await new Promise<void>((resolve) => relay.#http.listen(0, "127.0.0.1", resolve));
    return relay;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  /** The next socket that connects. */
  nextSocket(): Promise<Socket> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#io.close();
  }
}
