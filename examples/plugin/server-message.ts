// 2.2 Server Message API: the server carries messages between clients, tells them who is gone, and takes part itself.
import { createServer } from "node:http";
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

// alice makes bob a target; the server asks bob.
bob.onAddP2pTarget((from) => console.log(`${from} added bob`));
await alice.addP2pTarget("bob"); // prints: alice added bob

// A target that is not registered to the server is an error of the source.
const missing = await alice.addP2pTarget("nobody").catch((error: { code: string }) => error.code);
console.log(missing); // prints: PEER_NOT_FOUND

// The server is a client too, of the id "relay".
server.onAny("time", (reply: (time: string) => void) => reply("five o'clock"));
console.log(await new Promise((resolve) => alice.emitTo("relay", "time", resolve))); // prints: five o'clock
alice.from("relay").on("hello", (text: string, reply: (answer: string) => void) => reply(`${text}, server`));
console.log(await new Promise((resolve) => server.emitTo("alice", "hello", "good morning", resolve))); // prints: good morning, server

// When a client disconnects, its targets are told.
const gone = new Promise<string>((resolve) => bob.on("MULTI_API_TARGET_DISCONNECT", resolve));
alice.disconnect();
console.log(`${await gone} is gone`); // prints: alice is gone

bob.disconnect();
await server.close();
