import { beginAttack, type AttackOrder } from "../../../tools/lib/strangers/attack.ts";
import { answer } from "./answer.ts";

/** `attacker <order>` */
const { report } = beginAttack(JSON.parse(process.argv[2] ?? "") as AttackOrder);
answer(null, { report });
