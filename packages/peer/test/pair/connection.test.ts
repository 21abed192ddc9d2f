import { weriftRtc } from "@peerloom/rtc-node/werift";
import { expect, test } from "vitest";
import type { ConnectionHooks } from "../../src/pair/connection-options.ts";
import { Connection } from "../../src/pair/connection.ts";
import type { IceServerSource } from "../../src/pair/ice-servers.ts";

/** A leader's connection, and the names of the hooks it called. */
function connection(iceServers: IceServerSource): [Connection, string[]] {
  const called: string[] = [];
  const names = ["signal", "ready", "up", "down", "broken", "control", "bad", "channel", "track", "takeMedia", "error"] as const;
  const hooks = Object.fromEntries(names.map((name) => [name, () => void called.push(name)])) as unknown as ConnectionHooks;
  const one = new Connection({
    pc: new (weriftRtc().RTCPeerConnection)(),
    configuration: {},
    iceServers,
    isLeader: true,
    heartbeat: { intervalMs: 1000, lostMs: 3200 },
    now: () => performance.now(),
    hooks: { ...hooks, arrangeMedia: () => Promise.resolve("nothing"), listMedia: () => [] },
  });
  return [one, called];
}

test.each([
  ["are none", () => Promise.reject(new Error("late"))],
  ["are some", () => Promise.resolve([])],
])("a connection that hears only after its end that there %s of the ICE servers it asked for calls no hook", async (_what, answer) => {
  const [one, called] = connection(() => {
    one.close();
    return answer();
  });
  one.offer();
  await new Promise((resolve) => setImmediate(resolve));

  expect(one.pc.connectionState).toBe("closed");
  expect(called).toEqual([]);
});
