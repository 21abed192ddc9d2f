import { contestants } from "../contestants/contestants.ts";
import type { ContestantName } from "../contestants/contestants.ts";
import { Confirmed } from "../load/confirmations.ts";
import { Publishing, type PublishOrder } from "../load/publishing.ts";
import { answer } from "./answer.ts";

/** `publisher <contestant> <url> <ports of the subscribers' confirmations>` */
const [name, url = "", ports = ""] = process.argv.slice(2);
const topic = await contestants[name as ContestantName].topic?.();
if (!topic) throw new Error(`${name} has no topics`);
const publishing = new Publishing(await topic.openPublisher(url), await Confirmed.connect(ports.split(",").map(Number)));
answer(null, { run: (order: PublishOrder) => publishing.run(order) });
