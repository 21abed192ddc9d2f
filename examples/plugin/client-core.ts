// 3.1 Client Core API: a socket of socket.io-client with rooms, which is otherwise what it was.
import { createServer } from "node:http";
import { p2pClientPlugin } from "@peerloom/client/plugin";
import { p2pServerPlugin } from "@peerloom/server/plugin";
import { Server } from "socket.io";
import { io } from "socket.io-client";
import { listen } from "./listen.ts";

const http = createServer();
const server = p2pServerPlugin(new Server(http));
server.on("connection", (socket) => socket.on("ping", (reply: (text: string) => void) => reply("pong")));
const url = await listen(http);

const alice = p2pClientPlugin(io(url), "alice");
const bob = p2pClientPlugin(io(url), "bob");
await Promise.all([alice.ready, bob.ready]); // the server has let them in

// Plain socket.io goes on as before.
console.log(await alice.emitWithAck("ping")); // prints: pong

// Rooms: what others emit there is heard on the socket.
await Promise.all([alice.joinRoom("lobby"), bob.joinRoom("lobby")]);
bob.on("say", (text: string) => console.log(`bob hears: ${text}`));
alice.emitRoom("lobby", "say", "hello"); // prints: bob hears: hello
const answer = new Promise<string>((resolve) => alice.on("say", resolve));
bob.emitRoom("lobby", "say", "hi");
console.log(`alice hears: ${await answer}`); // prints: alice hears: hi
await bob.leaveRoom("lobby");

// An id belongs to one client.
const second = p2pClientPlugin(io(url), "alice");
second.on("SERVER_ERROR", (error: { code: string }) => console.log(error.code)); // prints: CLIENT_ID_TAKEN
await second.ready.catch(() => second.disconnect());

alice.disconnect();
bob.disconnect();
await server.close();
