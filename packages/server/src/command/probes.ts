import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { collectDefaultMetrics, Registry } from "prom-client";
import { collectMetrics } from "../metrics.ts";
import type { Relay } from "../relay.ts";
import type { RequestHandler } from "../server-options.ts";
import { UsageError } from "./usage-error.ts";

/** Answers those who watch the relay: `/healthz`, `/readyz` and `/metrics`. */
export class Probes {
  readonly #registry = new Registry();
  readonly #hasMetrics: boolean;
  #relay: Relay | undefined;
  #hasBegun = false;

  constructor(hasMetrics: boolean) {
    this.#hasMetrics = hasMetrics;
  }

  /** The relay that is watched; before, nothing is ready. */
  watch(relay: Relay): void {
    this.#relay = relay;
    this.#hasBegun = relay.cluster === undefined;
    relay.on("cluster", ({ state }) => (this.#hasBegun ||= state === "up"));
    if (!this.#hasMetrics) return;
    collectDefaultMetrics({ register: this.#registry });
    collectMetrics(relay, this.#registry);
  }

  readonly handle: RequestHandler = (request, response) => {
    const path = request.url?.split("?", 1)[0];
    if (path === "/healthz") return answer(request, response, 200, "alive");
    if (path === "/readyz") return this.#tellReady(request, response);
    if (path === "/metrics" && this.#hasMetrics) return this.#tellMetrics(request, response);
    return answer(request, response, 404, "not found");
  };

  #tellReady(request: IncomingMessage, response: ServerResponse): void {
    // One that loses the others later stays ready: its own clients go on.
    const phase = this.#relay === undefined || !this.#hasBegun ? "starting" : this.#relay.phase;
    answer(request, response, phase === "open" ? 200 : 503, phase === "open" ? "ready" : phase);
  }

  async #tellMetrics(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await this.#registry.metrics();
    answer(request, response, 200, text, this.#registry.contentType);
  }
}

/** Answers requests on a port of its own. @throws UsageError when it cannot listen there. */
export async function listenForProbes(handler: RequestHandler, port: number, host: string): Promise<Server> {
  const server = createServer((request, response) => void handler(request, response));
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) =>
      reject(new UsageError(`--metrics-port ${port} of ${host} cannot be used: ${error.message}`, { cause: error })),
    );
    server.listen(port, host, resolve);
  });
  return server;
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  text: string,
  type = "text/plain; charset=utf-8",
): void {
  const isRead = request.method === "GET" || request.method === "HEAD";
  response.writeHead(isRead ? status : 405, { "content-type": type, "cache-control": "no-store", "x-content-type-options": "nosniff" });
  response.end(isRead ? text : "only GET and HEAD");
}
