import type { Child } from "../processes/child.ts";
import { Children } from "../processes/children.ts";
import type { Lab, RemoteSide } from "./lab.ts";
import type { NodePlatform } from "./node-contestants.ts";

/** A process for each side. */
export async function nodeLab(platform: NodePlatform): Promise<Lab> {
  const children = new Children();
  const pair = async (): Promise<Pick<Lab, "a" | "b">> => {
    const first = children.start("peer-side", [platform]);
    const second = children.start("peer-side", [platform, String(await first.ready)]);
    await second.ready;
    return { a: remoteSide(first), b: remoteSide(second) };
  };
  try {
    return { ...(await pair()), fresh: pair, close: () => children.endAll() };
  } catch (error) {
    await children.endAll();
    throw error;
  }
}

/** Longer than anyone waits for a side. */
const CALL_MS = 120_000;

function remoteSide(child: Child): RemoteSide {
  return {
    open: async (...given) => (await child.call("open", given, CALL_MS)) as number,
    exercise: async (...given) => (await child.call("exercise", given, CALL_MS)) as number,
    leave: async (room) => void (await child.call("leave", room, CALL_MS)),
    end: () => child.end(),
  };
}
