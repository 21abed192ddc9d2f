/** Floods a relay from a process of its own; see `tools/lib/strangers/attack.ts`. */
import { attack } from "../../tools/lib/strangers/attack.ts";

await attack(process.argv[2]);
