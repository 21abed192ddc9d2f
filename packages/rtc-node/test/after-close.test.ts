import { expect, test } from "vitest";
import { Connection } from "../src/shape/connection.ts";
import type { Engine, EngineEvents, EngineStates } from "../src/shape/engine.ts";

test("a connection that a listener closes says nothing more, of what has changed at once neither", () => {
  let states: EngineStates = { connection: "new", ice: "new", gathering: "new", signaling: "stable" };
  let engine: EngineEvents | undefined;
  class Tested extends Connection {}
  const own = { states: () => states, localDescription: () => null, remoteDescription: () => null, close: () => {} };
  const pc = new (Tested as unknown as new (start: (configuration: RTCConfiguration, events: EngineEvents) => Engine) => Connection)(
    (_configuration, events) => {
      engine = events;
      return own as unknown as Engine;
    },
  );
  const said: string[] = [];
  for (const name of ["signalingstatechange", "icegatheringstatechange", "iceconnectionstatechange", "connectionstatechange"]) {
    pc.addEventListener(name, () => {
      said.push(name);
      pc.close();
    });
  }
  states = { connection: "connecting", ice: "checking", gathering: "gathering", signaling: "have-local-offer" };
  engine?.changed();
  engine?.candidate(null);

  expect(said).toEqual(["signalingstatechange"]);
});
