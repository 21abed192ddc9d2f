/** A client in a process of its own, to be stopped with SIGSTOP: counts what each sender sends and checks its order. */
import { connect } from "@peerloom/client";

const [url, clientId] = process.argv.slice(2) as [string, string];
const client = await connect(url, { clientId });
const next = new Map<string, number>();
let wrong = 0;
client.onAny("number", (n: number, _payload: string, { from }: { from: string }) => {
  const expected = next.get(from) ?? 0;
  if (n !== expected) wrong += 1;
  next.set(from, expected + 1);
});
client.onAny("report", () => ({ wrong, received: Object.fromEntries(next) }));
process.send?.({ ready: true });
