import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** What stands before the nodes of a cluster: a client connects to it, and gets to a node that takes connections. */
export interface Balancer extends AsyncDisposable {
  readonly url: string;
  /** Sends nobody to this port any more; who is there stays. */
  remove(port: number): void;
  /** Sends newcomers to this port too. */
  add(port: number): void;
}

/** @param ports of the nodes; the first one that can be reached gets a new connection. @param inTurn each connection begins with the next one. */
export async function startBalancer(ports: readonly number[], inTurn = false): Promise<Balancer> {
  const targets = new Set(ports);
  const sockets = new Set<Socket>();
  let turns = 0;
  const server = createServer({ pauseOnConnect: true }, (near) => {
    keep(near);
    const first = inTurn ? turns++ % targets.size : 0;
    void pass(near, [...[...targets].slice(first), ...[...targets].slice(0, first)]);
  });
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
  };
  const pass = async (near: Socket, left: readonly number[]): Promise<void> => {
    const [port, ...others] = left;
    if (port === undefined || near.destroyed) return void near.destroy();
    const far = connect(port, "127.0.0.1");
    keep(far);
    const isOpen = await new Promise((resolve) => {
      far.once("connect", () => resolve(true));
      far.once("close", () => resolve(false));
    });
    if (isOpen !== true) return pass(near, others);
    near.on("close", () => far.destroy());
    far.on("close", () => near.destroy());
    near.pipe(far).pipe(near);
  };
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    remove: (port) => void targets.delete(port),
    add: (port) => void targets.add(port),
    [Symbol.asyncDispose]: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
    },
  };
}
