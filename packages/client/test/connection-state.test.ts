import { PeerloomError, type AnyCode } from "@peerloom/core";
import { describe, expect, test } from "vitest";
import { initialConnection, step, type ConnectionEffect, type ConnectionInput, type ConnectionState } from "../src/connection-state.ts";

const error = (code: AnyCode): PeerloomError => new PeerloomError(code, code);
const welcome = { clientId: "alice", resume: "", relayId: "relay", sessionTimeoutMs: 1, maxPacketBytes: 1 };

const retry: ConnectionInput = { type: "retry" };
const opened: ConnectionInput = { type: "opened" };
const welcomed: ConnectionInput = { type: "welcomed", welcome };
const lost: ConnectionInput = { type: "lost", error: error("CLOSED") };
const failed: ConnectionInput = { type: "failed", error: error("RELAY_UNREACHABLE") };
const bye = (code: AnyCode, onlineMs = 0): ConnectionInput => ({ type: "bye", error: error(code), onlineMs });
const refused = (code: AnyCode, offlineMs = 0): ConnectionInput => ({ type: "refused", error: error(code), offlineMs });

/** Feeds inputs; returns the state and what the last input caused. */
function run(...inputs: ConnectionInput[]): { state: ConnectionState; effects: string[] } {
  let state: ConnectionState = initialConnection;
  let effects: readonly ConnectionEffect[] = [];
  for (const input of inputs) [state, effects] = step(state, input);
  return { state, effects: effects.map((effect) => (effect.do === "wait" ? `wait ${effect.attempt}` : effect.do)) };
}

describe("a connection", () => {
  test.each<[string, ConnectionInput[], string, string[]]>([
    ["opens when told", [retry], "opening", ["open"]],
    ["does not open twice", [retry, retry], "opening", []],
    ["waits for the welcome", [retry, opened], "greeting", []],
    ["is online with it", [retry, opened, welcomed], "online", ["online"]],
    ["heeds no second welcome", [retry, opened, welcomed, welcomed], "online", []],
    ["tries again after a failure", [retry, failed], "waiting", ["disconnect", "wait 0"]],
    ["waits longer after each failure", [retry, failed, retry, failed], "waiting", ["disconnect", "wait 1"]],
    ["tries again when cut before the handshake", [retry, lost], "waiting", ["disconnect", "wait 0"]],
    ["tries again when cut before the welcome", [retry, opened, lost], "waiting", ["disconnect", "wait 0"]],
    ["is offline when cut, and tries soon", [retry, failed, retry, opened, welcomed, lost], "waiting", ["offline", "disconnect", "wait 0"]],
    ["hears of a loss once", [retry, opened, welcomed, lost, lost], "waiting", []],
    [
      "waits longer when sent away again",
      [retry, failed, retry, opened, welcomed, bye("CLOSED")],
      "waiting",
      ["offline", "disconnect", "wait 1"],
    ],
    [
      "does not wait longer when it was there for a while",
      [retry, failed, retry, opened, welcomed, bye("CLOSED", 5000)],
      "waiting",
      ["offline", "disconnect", "wait 0"],
    ],
    ["ends when told for good", [retry, opened, welcomed, bye("CLIENT_ID_REPLACED")], "closed", ["offline", "disconnect"]],
    ["ends when refused for good", [retry, refused("UNAUTHORIZED")], "closed", ["disconnect"]],
    ["tries again when refused for now", [retry, refused("LIMIT")], "waiting", ["disconnect", "wait 0"]],
    ["ends when its id is taken", [retry, refused("CLIENT_ID_TAKEN")], "closed", ["disconnect"]],
    [
      "tries again when its own dead socket has its id",
      [retry, opened, lost, retry, refused("CLIENT_ID_TAKEN")],
      "waiting",
      ["disconnect", "wait 1"],
    ],
    ["does not wait for that for ever", [retry, opened, lost, retry, refused("CLIENT_ID_TAKEN", 60_000)], "closed", ["disconnect"]],
    ["ends when closed here", [retry, opened, welcomed, { type: "close" }], "closed", ["offline", "disconnect"]],
    ["stays closed", [{ type: "close" }, retry, opened, welcomed, bye("CLOSED"), lost], "closed", []],
  ])("%s", (_, inputs, at, effects) => {
    expect(run(...inputs)).toMatchObject({ state: { at }, effects });
  });

  test("remembers why the last try failed", () => {
    expect(run(retry, failed, retry, refused("LIMIT")).state).toMatchObject({ failure: { code: "LIMIT" } });
    expect(run(retry, refused("UNAUTHORIZED")).state).toMatchObject({ error: { code: "UNAUTHORIZED" } });
  });
});
