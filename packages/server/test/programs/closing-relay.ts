import { createRelay } from "../../src/index.ts";

/** A relay that closes when told to, says what is left of it, and must then end by itself. */
const relay = createRelay({ port: 0, pairTimeoutMs: 600_000, sessionTimeoutMs: 600_000, limits: { outboundBytes: 65_536 } });
const { url } = await relay.listen();
relay.on("away", () => console.warn("away"));
process.stdout.write(`${url}\n`);

process.stdin.once("data", () => {
  void relay.close().then(() => {
    const { clients, rooms, congested } = relay.stats();
    const { registry, watches, congestion } = relay["core"];
    const rows = [registry.size, watches.size, congestion.size];
    const resources = process.getActiveResourcesInfo().filter((name) => name === "Timeout" || name.startsWith("TCP"));
    process.stdout.write(`${JSON.stringify({ clients, rooms, congested, rows, resources })}\n`);
    process.stdin.destroy();
  });
});
