/** Floods a relay from a process of its own, as its argument says, until it is sent anything; then it says what it has done. */
import { beginAttack, type AttackOrder } from "../../tools/lib/strangers/attack.ts";

const { stop } = beginAttack(JSON.parse(process.argv[2] ?? "") as AttackOrder);
process.once("message", () => void stop().then((report) => process.send?.(report, () => process.exit(0))));
process.once("disconnect", () => process.exit(0));
process.send?.("attacking");
