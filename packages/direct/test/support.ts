import { connect, type Client, type ConnectOptions, type PathName } from "@peerloom/client";
import type { RtcBackend } from "@peerloom/core";
import { direct, type DirectOptions } from "@peerloom/direct";
import { rtc, type RtcChoice } from "@peerloom/rtc-node";
import { createRelay, type RelayServer } from "@peerloom/server";
import { BreakableRtc } from "../../../tools/lib/breakable-rtc.ts";

/** Resolves when packets to `id` take `path`. */
export function takes(client: Client, id: string, path: PathName): Promise<void> {
  if (client.remote(id).path === path) return Promise.resolve();
  return new Promise((resolve) => {
    const off = client.on("path", (event) => {
      if (event.id !== id || event.path !== path) return;
      off();
      resolve();
    });
  });
}

export interface World extends AsyncDisposable {
  readonly alice: Client;
  readonly bob: Client;
  readonly network: BreakableRtc<RtcBackend>;
  /** Another client on the same relay. */
  join(clientId: string, options?: DirectOptions, more?: ConnectOptions): Promise<Client>;
  /** Ends the relay, without a word to its clients. */
  killRelay(): Promise<void>;
  restartRelay(): Promise<void>;
}

/** Alice and bob on a real relay, with real WebRTC. */
export async function twoClients(
  options: DirectOptions = {},
  backend: RtcChoice = "node-datachannel",
  others: DirectOptions = {},
): Promise<World> {
  const network = new BreakableRtc(await rtc({ use: backend }));
  const start = (): RelayServer => createRelay({ secret: "a secret that outlives restarts" });
  let relay = start();
  const { url, port } = await relay.listen(0, "127.0.0.1");
  const clients: Client[] = [];
  const join = async (clientId: string, more: DirectOptions = {}, rest: ConnectOptions = {}): Promise<Client> => {
    const settings = { rtc: network.rtc, retryMinMs: 50, ...options, ...more };
    const client = await connect(url, { clientId, reconnectMaxMs: 200, direct: direct(settings), ...rest });
    clients.push(client);
    return client;
  };
  const [alice, bob] = [await join("alice"), await join("bob", others)];
  return {
    alice,
    bob,
    network,
    join,
    killRelay: () => relay.close(),
    restartRelay: async () => {
      relay = start();
      await relay.listen(port, "127.0.0.1");
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(clients.map((client) => client.close()));
      await relay.close();
      for (const { load } of clients)
        if (load.peers + load.requests + load.streams + load.bytes > 0) throw new Error(`a client still holds ${JSON.stringify(load)}`);
      for (const { connectionState } of network.made) if (connectionState !== "closed") throw new Error("a connection is still open");
    },
  };
}
