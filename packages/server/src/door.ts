import { PeerloomError } from "@peerloom/core";
import { isName } from "@peerloom/protocol";
import type { Socket } from "socket.io";
import { admit, connectError, type Admission } from "./admission.ts";
import type { Common } from "./common.ts";
import { listen } from "./inbound.ts";
import type { Connection, Line } from "./line.ts";
import { endQuestions } from "./pair.ts";
import type { Tenants } from "./tenants.ts";

type Next = (error?: Error) => void;

/** A socket that was let in, until socket.io says that it is connected. */
interface Admitted extends Admission {
  /** Runs when the connection ends before that, which socket.io tells nobody. */
  readonly drop: () => void;
}

export interface DoorEvents {
  /** A socket from this address was let in. */
  readonly admitted: (address: string) => void;
  /** There is a client on a connection. */
  readonly entered: (connection: Connection) => void;
}

/** Where sockets come in: each is admitted or refused in socket.io's middleware, listened to when it is connected, and let go of at its end. */
export class Door {
  readonly #common: Common;
  readonly #tenants: Tenants;
  readonly #events: DoorEvents;
  readonly #admitted = new WeakMap<Socket, Admitted>();
  readonly #onConnection = (socket: Socket): void => this.#common.guard(() => this.#connect(socket));

  /** Open from now on. */
  constructor(common: Common, tenants: Tenants, events: DoorEvents) {
    this.#common = common;
    this.#tenants = tenants;
    this.#events = events;
    common.namespace.use((socket, next) => void this.#admit(socket, next).catch((thrown: unknown) => common.failed(thrown)));
    common.namespace.on("connection", this.#onConnection);
  }

  /** No socket is listened to any more. */
  close(): void {
    this.#common.namespace.off("connection", this.#onConnection);
  }

  async #admit(socket: Socket, next: Next): Promise<void> {
    const common = this.#common;
    const connection = socket.conn;
    const line = common.lineOf(connection);
    if (!this.#isPaid(line)) return this.#refuse(socket, next, new PeerloomError("RATE_LIMITED", "too many handshakes from this address"));
    if (line.isTaken) {
      return this.#refuse(socket, next, new PeerloomError("BAD_HANDSHAKE", "there is a client on this connection already"));
    }
    line.isTaken = true;
    try {
      const admission = await admit(common, this.#tenants, socket);
      const drop = (): void => common.guard(() => this.#disconnect(socket, admission));
      connection.once("close", drop);
      this.#admitted.set(socket, { ...admission, drop });
    } catch (thrown) {
      line.isTaken = false;
      return this.#refuse(socket, next, thrown);
    }
    this.#events.admitted(line.address);
    next();
  }

  #refuse(socket: Socket, next: Next, thrown: unknown): void {
    const error = PeerloomError.is(thrown)
      ? thrown
      : new PeerloomError("BAD_HANDSHAKE", "the relay failed to read this handshake", { cause: thrown });
    const clientId: unknown = socket.handshake.auth["clientId"];
    if (error !== thrown) this.#common.failed(thrown);
    this.#common.refused({
      where: "handshake",
      code: error.code,
      clientId: isName(clientId) ? clientId : undefined,
      address: this.#common.lineOf(socket.conn).address,
      error,
    });
    next(connectError(error));
  }

  /** The first handshake on a connection was counted when its session began; each further one counts as another. */
  #isPaid(line: Line): boolean {
    const hasPaid = line.hasPaid || line.row === undefined || line.row.mayBegin("handshakes", this.#common.settings.now());
    line.hasPaid = false;
    return hasPaid;
  }

  #connect(socket: Socket): void {
    const common = this.#common;
    this.#events.entered(socket.conn);
    const admitted = this.#admitted.get(socket);
    if (admitted === undefined) return common.disconnect(socket);
    const { core, client, drop } = admitted;
    const line = common.lineOf(socket.conn);
    this.#admitted.delete(socket);
    // Over polling a packet's text could end its message and begin another: there, socket.io's form escapes it.
    line.isLean = common.knowsLean && socket.handshake.auth["lean"] === true && socket.conn.transport.name === "websocket";
    socket.conn.off("close", drop);
    socket.on("disconnect", () => common.guard(() => this.#disconnect(socket, admitted)));
    if (core.registry.connected(client, socket, line)) return listen(core, client, socket);
    common.closeSocket(socket, "CLIENT_ID_REPLACED", "this client id is now used by another connection");
  }

  #disconnect(socket: Socket, { core, client }: Admission): void {
    const line = this.#common.lineOf(socket.conn);
    line.isTaken = false;
    core.congestion.forgetQueue(line);
    line.waiting = undefined;
    line.client = undefined;
    line.owner = undefined;
    endQuestions(socket);
    core.registry.disconnected(client, socket);
  }
}
