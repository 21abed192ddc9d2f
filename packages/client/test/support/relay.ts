import { createRelay, type RelayServer, type RelayServerOptions } from "@peerloom/server";
import { connect, type Client, type ConnectOptions } from "../../src/index.ts";

/** A relay on a free port of loopback, which can be restarted there, and the clients it was asked for. */
export class TestRelay implements AsyncDisposable {
  readonly #options: RelayServerOptions;
  readonly #clients: Client[] = [];
  server: RelayServer;
  url = "";
  port = 0;

  private constructor(options: RelayServerOptions) {
    this.#options = { secret: "a secret for tests", ...options };
    this.server = createRelay(this.#options);
  }

  static async start(options: RelayServerOptions = {}): Promise<TestRelay> {
    const relay = new TestRelay(options);
    ({ url: relay.url, port: relay.port } = await relay.server.listen(0, "127.0.0.1"));
    return relay;
  }

  /** Connects a client that is closed with the relay. Reconnects fast, unless told otherwise. */
  async connect(clientId: string | undefined, options: ConnectOptions & { readonly url?: string } = {}): Promise<Client> {
    const { url = this.url, ...rest } = options;
    const client = await connect(url, { ...(clientId !== undefined && { clientId }), reconnectMinMs: 10, reconnectMaxMs: 100, ...rest });
    this.#clients.push(client);
    return client;
  }

  async stop(): Promise<void> {
    await this.server.close();
  }

  /** Starts a relay that knows nothing on the same port. */
  async startAgain(): Promise<void> {
    this.server = createRelay(this.#options);
    await this.server.listen(this.port, "127.0.0.1");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
    await this.stop();
  }
}
