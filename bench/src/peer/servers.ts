import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { PeerServer } from "peer";
import { WebSocketServer, type WebSocket } from "ws";

/** A server on loopback. */
export interface Served {
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** The server PeerJS comes with. */
export function servePeerjs(): Promise<Served> {
  return new Promise((resolve) => {
    PeerServer({ port: 0, host: "127.0.0.1", path: "/" }, (server) => {
      resolve({ port: (server.address() as AddressInfo).port, close: () => close(server as Server) });
    });
  });
}

/** A relay as Trystero's own strategy speaks with: events go to those who asked for their kind and topic. */
export async function serveTrystero(): Promise<Served> {
  const server = createServer();
  const sockets = new WebSocketServer({ server });
  const wants = new Map<WebSocket, Map<string, readonly Filter[]>>();
  sockets.on("connection", (socket) => {
    wants.set(socket, new Map());
    socket.on("close", () => wants.delete(socket));
    socket.on("message", (data: Buffer) => {
      const [type, first, ...rest] = JSON.parse(data.toString()) as [string, unknown, ...unknown[]];
      if (type === "REQ") {
        wants.get(socket)?.set(String(first), rest as Filter[]);
        socket.send(JSON.stringify(["EOSE", first]));
      } else if (type === "CLOSE") wants.get(socket)?.delete(String(first));
      else if (type === "EVENT") {
        const event = first as NostrEvent;
        socket.send(JSON.stringify(["OK", event.id, true, ""]));
        for (const [other, subscriptions] of wants)
          for (const [id, filters] of subscriptions)
            if (filters.some((filter) => isMatch(filter, event))) other.send(JSON.stringify(["EVENT", id, event]));
      }
    });
  });
  return listen(server);
}

interface NostrEvent {
  readonly id: string;
  readonly kind: number;
  readonly tags: readonly (readonly string[])[];
}

interface Filter {
  readonly kinds?: readonly number[];
  readonly "#x"?: readonly string[];
}

function isMatch({ kinds, "#x": topics }: Filter, { kind, tags }: NostrEvent): boolean {
  return (
    (kinds?.includes(kind) ?? true) && (topics === undefined || tags.some(([name, value]) => name === "x" && topics.includes(value ?? "")))
  );
}

async function listen(server: Server): Promise<Served> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { port: (server.address() as AddressInfo).port, close: () => close(server) };
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
