import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { contestantsOf, type NodePlatform } from "../peer/node-contestants.ts";
import { Side } from "../peer/side.ts";
import { socketDriver } from "../peer/socket-driver.ts";
import { answer } from "./answer.ts";

// One side of all contestants. The first of two listens and says where, the second connects: what is said by it is their signaling.
const [platform, port] = process.argv.slice(2) as [NodePlatform, string | undefined];
const server = createServer().listen(0, "127.0.0.1");
const socket: Promise<Socket> = port === undefined ? once(server, "connection").then(([first]) => first as Socket) : dial(Number(port));
const side = socket.then((own) => new Side(contestantsOf(platform, socketDriver(own))));
await (port === undefined ? once(server, "listening") : side);

answer((server.address() as AddressInfo).port, {
  open: async (given: Parameters<Side["open"]>) => (await side).open(...given),
  exercise: async (given: Parameters<Side["exercise"]>) => (await side).exercise(...given),
  leave: async (room: string) => (await side).close(room),
});

async function dial(to: number): Promise<Socket> {
  const own = connect(to, "127.0.0.1");
  await once(own, "connect");
  return own;
}
