/**
 * A provider of the service "work" in a process of its own, to be killed. argv: the relay's URL, its id. Says `{ ready: true }` when it is
 * listed, and each call that begins as `{ ran }`, before it answers.
 */
import { connect } from "@peerloom/client";

const [url = "", clientId = ""] = process.argv.slice(2);
const client = await connect(url, { clientId });
const run = (n: number): Promise<number> =>
  // A call is answered only when the test has been told that it ran.
  new Promise((resolve) => {
    process.send?.({ ran: n }, () => resolve(n));
  });
const offer = client.provide("work", { run, again: run }, { idempotent: ["again"] });
await offer.ready;
process.send?.({ ready: true });
