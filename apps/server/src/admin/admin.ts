import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { answer } from "../answer.ts";
import { readFiles, send, type Files } from "../files.ts";
import { Attempts } from "./attempts.ts";
import { clearCookie, setCookie, tokenOf } from "./cookie.ts";
import { isFromHere, readPassword } from "./guard.ts";
import { Live } from "./live.ts";
import { isSame } from "./password.ts";
import { Sessions } from "./sessions.ts";
import type { AdminState } from "./state.ts";

export interface AdminOptions {
  readonly password: string;
  readonly takeState: () => AdminState;
  /** A clock in milliseconds that never goes back. */
  readonly nowMs: () => number;
}

const publicFolder = join(import.meta.dirname, "..", "..", "public", "admin");
const scriptFolder = join(import.meta.dirname, "page");
const noStore = { "Cache-Control": "no-store" };

/** The operator's page: who logs in sees what `takeState` tells, anew at each `tick`. */
export class Admin {
  readonly #options: AdminOptions;
  readonly #attempts: Attempts;
  readonly #sessions: Sessions;
  readonly #live = new Live();
  readonly #files: Files = new Map([
    ...readFiles(publicFolder),
    ...readFiles(scriptFolder).map(([name, file]) => [`page/${name}`, file] as const),
  ]);

  constructor(options: AdminOptions) {
    this.#options = options;
    this.#attempts = new Attempts(options.nowMs);
    this.#sessions = new Sessions(options.nowMs);
  }

  /** What is held: nothing after `close`. */
  get size(): { readonly sessions: number; readonly streams: number } {
    return { sessions: this.#sessions.size, streams: this.#live.size };
  }

  /** Answers what is asked under `/admin/`. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? "/", "http://localhost").pathname.slice("/admin/".length);
    const isRead = request.method === "GET" || request.method === "HEAD";
    if (path === "login" || path === "logout") {
      if (request.method !== "POST") return answer(response, 405, "Only POST is served here.", { Allow: "POST" });
      if (!isFromHere(request)) return answer(response, 403, "Only this server's own page may do this.");
      return path === "login" ? this.#login(request, response) : this.#logout(request, response);
    }
    if (!isRead) return answer(response, 405, "Only GET and HEAD are served here.", { Allow: "GET, HEAD" });
    if (path === "live") return this.#watch(request, response);
    const file = this.#files.get(path || "index.html");
    if (file === undefined) return answer(response, 404, "There is no such page.");
    send(response, file);
  }

  /** Tells all who look how things are now. */
  tick(): void {
    if (this.#live.size > 0) this.#live.send(JSON.stringify(this.#options.takeState()), (token) => this.#sessions.has(token));
  }

  close(): void {
    this.#sessions.clear();
    this.#live.end();
  }

  async #login(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const address = request.socket.remoteAddress ?? "";
    const password = await readPassword(request);
    // Nothing waits from here on: guesses that come together are counted one by one.
    const waitMs = this.#attempts.waitMs(address);
    if (waitMs > 0) {
      const seconds = String(Math.ceil(waitMs / 1000));
      return answer(response, 429, `Too many wrong passwords. Wait ${seconds} seconds.`, { ...noStore, "Retry-After": seconds });
    }
    if (password === undefined) return answer(response, 400, "A password is asked for, as JSON.", noStore);
    if (!isSame(password, this.#options.password)) {
      this.#attempts.failed(address);
      return answer(response, 401, "This is not the password.", noStore);
    }
    const isSecure = request.headers["x-forwarded-proto"] === "https";
    response.writeHead(204, { ...noStore, "Set-Cookie": setCookie(this.#sessions.begin(), isSecure) }).end();
  }

  #logout(request: IncomingMessage, response: ServerResponse): void {
    const token = tokenOf(request);
    if (token !== undefined) {
      this.#sessions.end(token);
      this.#live.end(token);
    }
    response.writeHead(204, { ...noStore, "Set-Cookie": clearCookie }).end();
  }

  #watch(request: IncomingMessage, response: ServerResponse): void {
    response.setHeader("Cache-Control", "no-store");
    const token = tokenOf(request);
    if (token === undefined || !this.#sessions.has(token)) return answer(response, 401, "Log in first.");
    if (this.#live.isFull) return answer(response, 503, "Too many look at this page already.");
    if (request.method === "HEAD") return void response.writeHead(200).end();
    this.#live.open(response, token, JSON.stringify(this.#options.takeState()));
  }
}
