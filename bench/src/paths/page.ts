import { direct } from "@peerloom/direct";
import { broadcastChannelDriver } from "@peerloom/signaling/broadcast-channel";
import { oursConnect } from "../peer/contestants/ours.ts";
import { Side } from "../peer/side.ts";
import { clientConnect } from "./client-line.ts";

/** Called by the bench, with the relay's URL. */
function start({ url }: { readonly url: string }): Side {
  return new Side({
    relay: clientConnect(url, () => ({}), false),
    direct: clientConnect(url, () => ({ direct: direct({ policy: "manual" }) }), true),
    peer: oursConnect(broadcastChannelDriver(), undefined),
  });
}

Object.assign(globalThis, { start });
