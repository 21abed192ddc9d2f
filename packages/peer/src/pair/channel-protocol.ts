import type { ChannelWish } from "../channel-options.ts";

/** How both sides have to treat what a channel carries, for its data channel's protocol: not each backend tells it of one that came. */
export function kindOf({ ordered = true, maxRetransmits, maxPacketLifeTime }: Omit<ChannelWish, "label">): string {
  const limit = maxRetransmits === undefined ? (maxPacketLifeTime === undefined ? "" : `l${maxPacketLifeTime}`) : `r${maxRetransmits}`;
  return `${ordered ? "o" : "u"}${limit}`;
}

const form = /^peerloom ([ab][1-9][0-9]{0,14}) [ou](?:[rl][0-9]{1,5})?$/;

/** The id of a channel in the protocol of its data channel; undefined when it is none of ours. */
export function idOf(protocol: string): string | undefined {
  return form.exec(protocol)?.[1];
}

/** What a data channel says of the channel it carries. */
export function protocolOf(id: string, wish: ChannelWish): string {
  return `peerloom ${id} ${kindOf(wish)}`;
}
