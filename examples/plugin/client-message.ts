// 3.2 Client Message API: clients get to know each other, and send each other events that may be acknowledged.
import { createServer } from "node:http";
import { p2pClientPlugin } from "@peerloom/client/plugin";
import { p2pServerPlugin } from "@peerloom/server/plugin";
import { Server } from "socket.io";
import { io } from "socket.io-client";
import { listen } from "./listen.ts";

const http = createServer();
const server = p2pServerPlugin(new Server(http));
const url = await listen(http);

const device = p2pClientPlugin(io(url), "device");
const alice = p2pClientPlugin(io(url), "alice");
const bob = p2pClientPlugin(io(url), "bob");
await Promise.all([alice.ready, bob.ready]);

// A device does not know who will want to deal with it: onAddP2pTarget tells. From then on it listens to that client.
device.onAddP2pTarget((clientId) => {
  device
    .from(clientId)
    .on("set", (key: string, value: number, reply: (text: string) => void) => reply(`${clientId} set ${key} to ${value}`));
});
await Promise.all([alice.addP2pTarget("device"), bob.addP2pTarget("device")]);
console.log(await new Promise((resolve) => alice.emitTo("device", "set", "heat", 21, resolve))); // prints: alice set heat to 21
console.log(await new Promise((resolve) => bob.emitTo("device", "set", "light", 3, resolve))); // prints: bob set light to 3

// Anyone's events, one client's events, and just one of them.
const heard: string[] = [];
const done = Promise.withResolvers<void>();
device.onAny("note", (text: string) => heard.push(`any: ${text}`));
device.onceAny("note", (text: string) => heard.push(`first: ${text}`));
device.from("alice").on("note", (text: string) => heard.push(`alice: ${text}`));
device.from("alice").once("end", () => done.resolve());
alice.emitTo("device", "note", "one");
alice.emitTo("device", "note", "two");
alice.emitTo("device", "end");
await done.promise;
console.log(heard.join(", ")); // prints: any: one, first: one, alice: one, any: two, alice: two
device.offAny("note");
device.from("alice").off("note");

// A target that disconnects is told, and what listened to it is removed.
const gone = new Promise<string>((resolve) => device.on("MULTI_API_TARGET_DISCONNECT", resolve));
alice.disconnect();
console.log(`${await gone} is gone`); // prints: alice is gone

// What cannot be delivered is told, too.
const error = new Promise<Error>((resolve) => bob.on("SERVER_ERROR", resolve));
bob.emitTo("alice", "note", "are you there?");
console.log((await error).message); // prints: "alice" is not connected

bob.disconnect();
device.disconnect();
await server.close();
