import { broadcastChannelDriver } from "@peerloom/signaling/broadcast-channel";
import type { Connect } from "./contestants/line.ts";
import { oursConnect } from "./contestants/ours.ts";
import { peerjsConnect } from "./contestants/peerjs.ts";
import { rawConnect } from "./contestants/raw.ts";
import { simplePeerConnect } from "./contestants/simple-peer.ts";
import { trysteroConnect } from "./contestants/trystero.ts";
import { Side } from "./side.ts";

const KIB = 1024;

/** Called by the bench, with the ports of the servers that some contestants need. */
function start(ports: { readonly peerjs: number; readonly trystero: number }): Side {
  const driver = broadcastChannelDriver();
  const raw = (highBytes: number): Connect => rawConnect(driver, RTCPeerConnection, { highBytes, lowBytes: highBytes / 4 });
  return new Side({
    ours: oursConnect(driver, undefined),
    "raw-256KiB": raw(256 * KIB),
    "raw-1MiB": raw(1024 * KIB),
    "raw-4MiB": raw(4096 * KIB),
    peerjs: peerjsConnect(ports.peerjs),
    "simple-peer": simplePeerConnect(driver),
    trystero: trysteroConnect(ports.trystero),
  });
}

Object.assign(globalThis, { start });
