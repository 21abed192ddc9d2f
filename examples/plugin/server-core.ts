// 2.1 Server Core API: who is connected, their sockets, rooms, and errors that a client is told.
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

// The clientMap tells who is connected, under which socket.
console.log(Object.keys(server.clientMap).toSorted().join(", ")); // prints: alice, bob
console.log(server.getSocketIdByClientId("alice") === alice.id); // prints: true

// A client's socket has all functions of socket.io.
alice.on("weather", (city: string, reply: (answer: string) => void) => reply(`sunny in ${city}`));
console.log(await server.getSocketByClientId("alice")?.emitWithAck("weather", "Hanoi")); // prints: sunny in Hanoi

// A room: a client enters by itself, or the server has it enter; what the server emits goes to everybody there.
await server.joinRoom("bob", "lobby");
const news = new Promise((resolve) => bob.on("news", resolve));
server.emitRoom("lobby", "news", "tea is ready");
console.log(await news); // prints: tea is ready

// An error: logged here, and told to the client.
const told = new Promise<Error>((resolve) => bob.on("SERVER_ERROR", resolve));
server.emitError("bob", new Error("the kettle is empty"));
console.log((await told).message); // prints: the kettle is empty

// Who leaves is no longer in the map.
const left = new Promise((resolve) => server.peerloom.once("gone", resolve));
alice.disconnect();
await left;
console.log(Object.keys(server.clientMap).join(", ")); // prints: bob

bob.disconnect();
await server.close();
