// 3.3 Client Stream API: a Node Duplex from one client to another, with all that Node's streams can do.
import { createServer } from "node:http";
import { Readable, Transform } from "node:stream";
import { text } from "node:stream/consumers";
import { finished, pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
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

// bob takes what comes compressed, and sends it back in capitals.
const capitals = (): Transform => new Transform({ transform: (chunk, _encoding, done) => done(null, String(chunk).toUpperCase()) });
bob.onAddP2pStream(async (duplex) => pipeline(duplex, createGunzip(), capitals(), duplex));

const duplex = await alice.addP2pStream("bob");
const [answer] = await Promise.all([text(duplex), pipeline(Readable.from(["to be, ", "or not to be"]), createGzip(), duplex)]);
console.log(answer); // prints: TO BE, OR NOT TO BE

// Many streams with one client, each with an id of its own. A later callback replaces an earlier one.
bob.onAddP2pStream((stream) => stream.resume());
const [one, two] = await Promise.all([alice.addP2pStream("bob"), alice.addP2pStream("bob")]);
console.log(one.sourceStreamId !== two.sourceStreamId); // prints: true

// Destroying one end destroys the other, and tells why.
const told = new Promise<Error>((resolve) => {
  bob.onAddP2pStream((stream) => stream.once("error", resolve));
});
const third = await alice.addP2pStream("bob");
third.on("error", () => {}); // one's own end fails with it, too
third.destroy(new Error("changed my mind"));
console.log((await told).message); // prints: changed my mind

// A client that leaves takes its streams with it.
const ended = Promise.all([one, two].map((stream) => finished(stream).catch((error: { code: string }) => error.code)));
bob.disconnect();
console.log((await ended).join(", ")); // prints: PEER_LOST, PEER_LOST

alice.disconnect();
await server.close();
