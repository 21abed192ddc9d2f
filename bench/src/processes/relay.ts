import { contestants } from "../contestants/contestants.ts";
import type { ContestantName } from "../contestants/contestants.ts";
import { answer } from "./answer.ts";
import { memory } from "./memory.ts";

const { listen } = await contestants[process.argv[2] as ContestantName].relay();
answer(await listen(), { memory });
