/** A relay as operators run it, with its own HTTP server and all limits as they are; says `{ port }`, and what it holds when it is asked. */
import { createRelay } from "@peerloom/server";
import { MemoryWatch } from "../support/live-memory.ts";

const relay = createRelay({ port: 0, authenticate: ({ token }) => token !== "guess" && {} });
let audited = 0;
relay.on("audit", () => (audited += 1));
const { port } = await relay.listen();
let watch: MemoryWatch | undefined;

const answers = {
  watch: () => {
    audited = 0;
    watch = new MemoryWatch(250);
  },
  peak: () => watch?.stop().live,
  report: () => ({
    stats: relay.stats(),
    audited,
    waiting: relay["gate"].waiting,
    sockets: relay["gate"].sockets.size,
    addresses: relay["common"].addresses.size,
  }),
};
process.on("message", (name: keyof typeof answers) => process.send?.({ [name]: answers[name]() ?? null }));
process.send?.({ port });
