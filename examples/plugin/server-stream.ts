// 2.3 Server Stream API: the server connects streams of clients, destroys them when a client is gone, and opens streams itself.
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { finished } from "node:stream/promises";
import { p2pClientPlugin } from "@peerloom/client/plugin";
import { p2pServerPlugin } from "@peerloom/server/plugin";
import { Server } from "socket.io";
import { io } from "socket.io-client";
import { listen } from "./listen.ts";

const http = createServer();
const server = p2pServerPlugin(new Server(http));
const url = await listen(http);

const alice = p2pClientPlugin(io(url), "alice");
const bob = p2pClientPlugin(io(url), "bob");
await Promise.all([alice.ready, bob.ready]);

// Both ends know their connection: ids of the two streams, and of the two clients. The server vouches for who the source is.
bob.onAddP2pStream((duplex, { sourceStreamId, targetClientId }) => {
  console.log(`bob's end is ${sourceStreamId}, the other end is at ${targetClientId}`);
  duplex.resume();
});
const toBob = await alice.addP2pStream("bob", { sourceStreamId: "left", targetStreamId: "right" });
// prints: bob's end is right, the other end is at alice

// A client that takes no streams says so at once.
const refused = await bob.addP2pStream("alice").catch((error: { code: string }) => error.code);
console.log(refused); // prints: NO_HANDLER

// The server opens a stream to a client.
alice.onAddP2pStream((duplex) => duplex.pipe(duplex));
const toAlice = await server.addP2pStream("alice");
toAlice.end("there and back");
console.log(await text(toAlice)); // prints: there and back

// When bob is gone, streams with him are destroyed.
const ended = finished(toBob).catch((error: { code: string }) => error.code);
bob.disconnect();
console.log(await ended); // prints: PEER_LOST

alice.disconnect();
await server.close();
