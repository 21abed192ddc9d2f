import { contestants } from "../contestants/contestants.ts";
import type { ContestantName } from "../contestants/contestants.ts";
import { Inbox } from "../load/inbox.ts";
import { Sender } from "../load/sender.ts";
import type { Order } from "../load/sender.ts";
import { answer } from "./answer.ts";

/** `clients <contestant> <url> a|b|ab`: the sender, the receiver, or both in one process. */
const [name, url = "", ends = "ab"] = process.argv.slice(2);
const { connect } = await contestants[name as ContestantName].client();
const sender = new Sender();
const inbox = new Inbox();
if (ends.includes("b")) inbox.attach(await connect(url, "b", "a", inbox));
if (ends.includes("a")) sender.attach(await connect(url, "a", "b", sender));
answer(null, { run: (order: Order) => sender.run(order) });
