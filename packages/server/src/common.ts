import { PeerloomError, type AnyCode } from "@peerloom/core";
import type { Namespace, Socket } from "socket.io";
import { Addresses } from "./addresses.ts";
import { Audit } from "./audit.ts";
import { clientAddress } from "./client-address.ts";
import type { Nodes } from "./cluster/nodes.ts";
import { Congestion } from "./congestion.ts";
import { Counters, countCode } from "./counters.ts";
import type { Announce, RefusalPlace } from "./events.ts";
import { Line, type Connection, type LineEvents } from "./line.ts";
import type { Settings } from "./options.ts";
import { knowsLean } from "./server-parser.ts";
import { Timing } from "./timing.ts";

/** `draining`: the relay lets go of its clients, to be closed. */
export type Phase = "open" | "draining" | "closed";

export interface CommonOptions {
  readonly settings: Settings;
  readonly namespace: Namespace;
  /** Whether the relay may close whole connections, or only its namespace on them. */
  readonly ownsConnections: boolean;
  readonly announce: Announce;
}

/** Something that was refused. */
export interface Refusal {
  readonly where: RefusalPlace;
  readonly code: AnyCode;
  readonly clientId?: string | undefined;
  readonly tenant?: string | undefined;
  readonly address?: string | undefined;
  /** Of a handshake. */
  readonly error?: PeerloomError | undefined;
}

/** What all name spaces of a relay share: its sockets, its counts, and how the operator is told. Knows no client by its id. */
export class Common {
  readonly settings: Settings;
  readonly namespace: Namespace;
  readonly announce: Announce;
  readonly counters: Counters = new Counters();
  readonly congestion: Congestion;
  readonly addresses: Addresses;
  readonly audit: Audit = new Audit((entry) => this.announce("audit", () => entry));
  readonly timing: Timing = new Timing();
  readonly ownsConnections: boolean;
  /** Whether packets may take the lean form. */
  readonly knowsLean: boolean;
  /** The other nodes of the cluster; undefined for a relay that is alone. */
  nodes: Nodes | undefined;
  /** Nobody is let in unless it is open; it never goes back. */
  phase: Phase = "open";
  /** Handshakes that wait for the `authenticate` hook. */
  authenticating = 0;
  readonly #lines = new WeakMap<Connection, Line>();
  readonly #lineEvents: LineEvents = {
    slow: (line) => line.owner?.slow(line),
    flooded: (line) => queueMicrotask(() => this.guard(() => this.drop(line, "BUSY", "this client does not read what it is sent"))),
  };

  constructor({ settings, namespace, ownsConnections, announce }: CommonOptions) {
    this.settings = settings;
    this.namespace = namespace;
    this.announce = announce;
    this.ownsConnections = ownsConnections;
    this.knowsLean = knowsLean(namespace);
    this.addresses = new Addresses(settings.limits, settings.exemptAddresses, settings.now);
    this.congestion = new Congestion({
      now: settings.now,
      drained: (line) => (line.owner === undefined ? (line.waiting = undefined) : line.owner.drained(line)),
      failed: (thrown) => this.failed(thrown),
    });
  }

  /** @throws PeerloomError `CLOSED` unless the relay lets clients in. */
  checkOpen(): void {
    if (this.phase !== "open") throw new PeerloomError("CLOSED", `this relay is ${this.phase}: another one may let you in`);
  }

  /** The queue of a connection; watched from the first call on. */
  lineOf(connection: Connection): Line {
    const known = this.#lines.get(connection);
    if (known !== undefined) return known;
    const { trustedProxies, limits } = this.settings;
    const address = clientAddress(connection.request, trustedProxies);
    const line = new Line(connection, { address, row: this.addresses.of(address) }, limits.outboundBytes, this.#lineEvents);
    this.#lines.set(connection, line);
    return line;
  }

  /** Counts a refusal and tells the operator. */
  refused({ where, code, clientId, tenant, address, error }: Refusal): void {
    countCode(this.counters.refused, code);
    this.announce("refused", () => ({ where, code, clientId, ...(tenant !== undefined && { tenant }), ...(error && { error }) }));
    this.audit.note({ where, code, clientId, tenant, address, message: error?.message });
  }

  /** Something threw that should not. */
  failed(thrown: unknown): void {
    this.counters.errors += 1;
    this.announce("error", () => ({ error: thrown }));
  }

  /** Runs what a socket or a timer calls: what is thrown there would end the process. */
  guard(run: () => void): void {
    try {
      run();
    } catch (thrown) {
      this.failed(thrown);
    }
  }

  /** Lets an adapter's work go on by itself. */
  background(work: Promise<void> | void): void {
    if (work instanceof Promise) work.catch((thrown: unknown) => this.failed(thrown));
  }

  /** Ends a connection that sends too much that comes to nothing, whether there is a client on it or not. */
  dropNoisy(line: Line): void {
    if (!line.isCut) line.row?.blame(this.settings.now());
    this.drop(line, "PROTOCOL_ERROR", "too many messages that are no events");
  }

  /** Ends a connection at once. */
  drop(line: Line, code: AnyCode, message: string): void {
    if (line.isCut) return;
    if (line.client !== undefined && line.owner !== undefined) line.owner.dismiss(line.client, code, message);
    else if (line.connection.readyState === "open") this.noteDismissal({ code, clientId: "", address: line.address });
    line.terminate();
  }

  /** Says `bye` on a connected socket and closes it; at once when it has stopped reading. */
  closeSocket(socket: Socket, code: AnyCode, message: string): void {
    const line = this.lineOf(socket.conn);
    const isStuck = line.isSlow;
    socket.emit("bye", { code, message });
    this.disconnect(socket);
    if (isStuck) line.terminate();
  }

  /** Closes a socket without a word. */
  disconnect(socket: Socket): void {
    socket.disconnect(this.ownsConnections);
  }

  /** Counts a connection that the relay closes, and tells the operator. */
  noteDismissal({ code, clientId, tenant, address }: Omit<Refusal, "where"> & { readonly clientId: string }): void {
    countCode(this.counters.dismissed, code);
    this.announce("dismissed", () => ({ code, clientId, ...(tenant !== undefined && { tenant }) }));
    if (code !== "CLOSED") this.audit.note({ where: "dismissal", code, clientId, tenant, address });
  }
}
