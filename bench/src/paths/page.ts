import { direct } from "@peerloom/direct";
import { encrypt } from "@peerloom/encryption";
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
    "relay-e2e": clientConnect(url, () => ({ encryption: encrypt() }), false),
    "direct-e2e": clientConnect(url, () => ({ direct: direct({ policy: "manual" }), encryption: encrypt() }), true),
  });
}

Object.assign(globalThis, { start });
