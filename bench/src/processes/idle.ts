import { contestants } from "../contestants/contestants.ts";
import type { ContestantName } from "../contestants/contestants.ts";
import { answer } from "./answer.ts";

/** `idle <contestant> <url> <prefix of the ids>`: clients that do nothing. */
const [name, url = "", prefix = ""] = process.argv.slice(2);
const { connectIdle } = await contestants[name as ContestantName].client();
if (!connectIdle) throw new Error(`${name} has no idle clients`);
const clients: (() => boolean)[] = [];
const atOnce = 50;

answer(null, {
  /** Connects more, until there are `count`. */
  async connect(count: number): Promise<void> {
    while (clients.length < count) {
      const ids = Array.from({ length: Math.min(atOnce, count - clients.length) }, (_, i) => `${prefix}${clients.length + i}`);
      clients.push(...(await Promise.all(ids.map((id) => connectIdle(url, id)))));
    }
  },
  connected: (): number => clients.filter((isConnected) => isConnected()).length,
});
