import { joinRoom, type MessageAction, type Room } from "trystero";
import type { Connect, Line } from "./line.ts";

/** Messages under way at once: its `send` resolves when one was handed over. */
const WINDOW = 64;

/** Trystero over a relay of its own kind on loopback. */
export function trysteroConnect(port: number): Connect {
  return async (name, _side, onLine) => {
    const room = joinRoom(
      { appId: "bench", rtcConfig: { iceServers: [] }, relayConfig: { urls: [`ws://127.0.0.1:${port}`], redundancy: 1 } },
      name,
    );
    const action = room.makeAction<string | ArrayBuffer | ArrayBufferView>("bench");
    room.onPeerJoin = (id) => onLine(trysteroLine(room, action, id));
    return () => room.leave();
  };
}

function trysteroLine(_room: Room, action: MessageAction<string | ArrayBuffer | ArrayBufferView>, target: string): Line {
  let pending = 0;
  let wake: (() => void) | undefined;
  const line: Line = {
    onMessage: () => {},
    post(data) {
      pending += 1;
      void action.send(data, { target }).finally(() => {
        pending -= 1;
        if (pending < WINDOW / 2) wake?.();
      });
      return pending < WINDOW ? undefined : new Promise((resolve) => (wake = resolve));
    },
  };
  action.onMessage = (data) => line.onMessage(typeof data === "string" ? data : new Uint8Array(data as ArrayBuffer));
  return line;
}
