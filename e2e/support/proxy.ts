import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** A TCP proxy to a port of this machine that can do what networks do. */
export interface Proxy extends AsyncDisposable {
  readonly url: string;
  readonly connections: number;
  /** Ends every connection at once, both ways, in the middle of whatever was under way. @returns whether there was any. */
  cut(): boolean;
  /** Ends every connection and takes no new one, until the returned function is called. */
  takeDown(): () => void;
  /** Carries nothing any more, but closes nothing either; connections made from now on work. */
  goBlack(): void;
}

export async function startProxy(targetPort: number): Promise<Proxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  const black = new Set<Socket>();
  let connections = 0;
  let isDown = false;
  const server = createServer((near) => {
    if (isDown) return void near.resetAndDestroy();
    connections += 1;
    const far = connect(targetPort, "127.0.0.1");
    const pair = [near, far] as const;
    pairs.add(pair);
    for (const [from, to] of [pair, [far, near] as const]) {
      from.on("data", (chunk) => to.write(chunk));
      from.on("error", () => from.destroy());
      from.on("close", () => {
        pairs.delete(pair);
        to.destroy();
      });
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const cut = (): boolean => {
    const wasConnected = pairs.size > 0;
    for (const pair of pairs) {
      pairs.delete(pair);
      for (const socket of pair) socket.resetAndDestroy();
    }
    return wasConnected;
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get connections() {
      return connections;
    },
    cut,
    takeDown: () => {
      isDown = true;
      cut();
      return () => (isDown = false);
    },
    goBlack: () => {
      for (const socket of [...pairs].flat()) {
        socket.removeAllListeners("data");
        socket.pause();
        black.add(socket);
      }
    },
    [Symbol.asyncDispose]: async () => {
      cut();
      for (const socket of black) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
