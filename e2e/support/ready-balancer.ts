import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** A TCP balancer, as small as can be: each connection goes to the next of those relays whose `/readyz` says so. */
export interface Balancer extends AsyncDisposable {
  readonly url: string;
  /** Resolves when the relay has said that it is ready. */
  add(port: number): Promise<void>;
}

/** How often it asks each relay, in milliseconds. */
const askEveryMs = 100;

export async function startBalancer(): Promise<Balancer> {
  const ready = new Map<number, boolean>();
  const sockets = new Set<Socket>();
  let turn = 0;
  const server = createServer((near) => {
    const ports = [...ready].filter(([, isReady]) => isReady).map(([port]) => port);
    const port = ports[turn++ % ports.length];
    if (port === undefined) return void near.destroy();
    join(near, connect(port, "127.0.0.1"), sockets);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const look = async (port: number): Promise<boolean> => {
    const isReady = await fetch(`http://127.0.0.1:${port}/readyz`).then(
      ({ status }) => status === 200,
      () => false,
    );
    ready.set(port, isReady);
    return isReady;
  };
  const timer = setInterval(() => [...ready.keys()].forEach((port) => void look(port)), askEveryMs);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    add: async (port) => {
      if (!(await look(port))) throw new Error(`the relay on port ${port} is not ready`);
    },
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function join(near: Socket, far: Socket, sockets: Set<Socket>): void {
  for (const [from, to] of [[near, far] as const, [far, near] as const]) {
    sockets.add(from);
    from.pipe(to);
    from.on("error", () => from.destroy());
    from.on("close", () => {
      sockets.delete(from);
      to.destroy();
    });
  }
}
