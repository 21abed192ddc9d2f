// 2.4 Server Service API: one server as several services, which clients use as if they were clients' own.
import { createServer } from "node:http";
import { p2pClientPlugin } from "@peerloom/client/plugin";
import { p2pServerPlugin } from "@peerloom/server/plugin";
import { Server } from "socket.io";
import { io } from "socket.io-client";
import { listen } from "./listen.ts";

const http = createServer();
const server = p2pServerPlugin(new Server(http), { isService: true });
const url = await listen(http);

// Two services of one server.
const math = server.asService("math");
const words = server.asService("words");
await math.provideService("add", (a: number, b: number, reply: (sum: number) => void) => reply(a + b));
await words.provideService("shout", (word: string, reply: (loud: string) => void) => reply(word.toUpperCase()));

const alice = p2pClientPlugin(io(url), "alice");
console.log(await new Promise((resolve) => alice.emitService("math", "add", 1, 2, resolve))); // prints: 3
console.log(await new Promise((resolve) => alice.emitService("words", "shout", "hey", resolve))); // prints: HEY

// What the server does not have here is left to the client of that name: callers cannot tell them apart.
const mathClient = p2pClientPlugin(io(url), "math", { isService: true });
await mathClient.provideService("multiply", (a: number, b: number, reply: (product: number) => void) => reply(a * b));
console.log(await new Promise((resolve) => alice.emitService("math", "multiply", 3, 4, resolve))); // prints: 12

// A topic of a service: created, subscribed to, published, destroyed.
math.createTopic("primes");
const primes: number[] = [];
const enough = Promise.withResolvers<void>();
await alice.subscribeTopic("math", "primes", (prime: number) => {
  if (primes.push(prime) === 3) enough.resolve();
});
for (const prime of [2, 3, 5]) math.publishTopic("primes", prime);
await enough.promise;
console.log(primes.join(" ")); // prints: 2 3 5
await alice.unsubscribeTopic("math", "primes");
await math.destroyTopic("primes");

// A service that is gone is an error at once.
const missing = new Promise<{ code: string }>((resolve) => alice.on("SERVER_ERROR", resolve));
await math.destroyService("add");
alice.emitService("math", "add", 1, 2);
console.log((await missing).code); // prints: NO_PROVIDER

alice.disconnect();
mathClient.disconnect();
await server.close();
