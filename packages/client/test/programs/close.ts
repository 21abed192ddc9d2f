import { connect } from "@peerloom/client";
/** Prints what is left behind by clients that closed, were refused, or could not connect. */
import { createRelay } from "@peerloom/server";

const relay = createRelay();
const { url } = await relay.listen(0, "127.0.0.1");
const alice = await connect(url, { clientId: "alice" });
const bob = await connect(url, { clientId: "bob" });
bob.onPair(() => undefined);
bob.onAny("sum", (a: number, b: number) => a + b);
const room = await alice.join("lobby");
await bob.join("lobby");
await alice.pair("bob");
await alice.remote("bob").emitWithAck("sum", 1, 2);
room.emit("say", "hi");
alice.watch("carol");
const refused = await connect(url, { clientId: "alice" }).catch((error: Error) => error);
await Promise.all([alice.close(), bob.close()]);
await relay.close();
const unreachable = await connect(url, { connectTimeoutMs: 50 }).catch((error: Error) => error);
if (!(refused instanceof Error) || !(unreachable instanceof Error)) throw new Error("a client connected that should not have");
await new Promise((resolve) => setImmediate(resolve));
const left = process.getActiveResourcesInfo().filter((name) => name === "Timeout" || name.startsWith("TCP"));
process.stdout.write(`left: ${left.join()}\n`);
