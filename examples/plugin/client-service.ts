// 3.4 Client Service API: a client as a service, with APIs and topics; others use it, and it uses others.
import { createServer } from "node:http";
import { p2pClientPlugin } from "@peerloom/client/plugin";
import { p2pServerPlugin } from "@peerloom/server/plugin";
import { Server } from "socket.io";
import { io } from "socket.io-client";
import { listen } from "./listen.ts";

const http = createServer();
const server = p2pServerPlugin(new Server(http));
const url = await listen(http);

// A service is a client of that id. It may use other services, too.
const prices = p2pClientPlugin(io(url), "prices", { isService: true });
await prices.provideService("of", (item: string, reply: (price: number) => void) => reply(item === "tea" ? 3 : 4));
const shop = p2pClientPlugin(io(url), "shop", { isService: true });
await shop.provideService("buy", (item: string, count: number, reply: (text: string) => void) => {
  shop.emitService("prices", "of", item, (price: number) => reply(`${count} ${item} for ${count * price}`));
});

const alice = p2pClientPlugin(io(url), "alice");
console.log(await new Promise((resolve) => alice.emitService("shop", "buy", "tea", 2, resolve))); // prints: 2 tea for 6

// A service tells one client something, and may be answered.
alice.onService("shop", "question", (text: string, reply: (answer: string) => void) => reply(`${text} Yes!`));
console.log(await new Promise((resolve) => shop.emitClient("alice", "question", "Sugar?", resolve))); // prints: Sugar? Yes!

// Topics: subscribed to even before they are created. Those of two services never meet.
const offers: string[] = [];
const both = Promise.withResolvers<void>();
const take =
  (from: string) =>
  (text: string): void => {
    if (offers.push(`${from}: ${text}`) === 2) both.resolve();
  };
await alice.subscribeTopic("shop", "news", take("shop"));
await alice.subscribeTopic("prices", "news", take("prices"));
shop.createTopic("news");
prices.createTopic("news");
shop.publishTopic("news", "cake today");
prices.publishTopic("news", "tea is cheap");
await both.promise;
console.log(offers.toSorted().join(", ")); // prints: prices: tea is cheap, shop: cake today
await alice.unsubscribeTopic("shop", "news");

// Only clients created with { isService: true } can be a service.
try {
  alice.createTopic("news");
} catch (error) {
  console.log(String(error)); // prints: TypeError: only clients created with { isService: true } can be a service
}

for (const client of [alice, shop, prices]) client.disconnect();
await server.close();
