import type { RtcBackend } from "@peerloom/core";
import { Peer, type Channel } from "@peerloom/peer";
import type { Driver } from "@peerloom/signaling";
import type { Connect, Line } from "./line.ts";

/** A `Peer` and one of its channels, as an application uses them. */
export function oursConnect(driver: Driver, rtc: RtcBackend | undefined): Connect {
  return async (room, side, onLine) => {
    const peer = new Peer({ driver, id: `${room}-${side}`, ...(rtc === undefined ? {} : { rtc }) });
    peer.open({ label: "bench" });
    peer.on("channel:open", ({ channel }) => onLine(oursLine(channel)));
    await peer.join({ room });
    return () => peer[Symbol.asyncDispose]();
  };
}

function oursLine(channel: Channel): Line {
  const line: Line = {
    onMessage: () => {},
    post: (data) => (channel.post(data) ? undefined : channel.drained()),
  };
  channel.on("message", ({ data }) => line.onMessage(data as string | Uint8Array));
  return line;
}
