import { inBytes } from "@peerloom/app-chat-wire";
import type { Offer } from "../model/state.ts";
import { clean } from "./clean.ts";

const width = 16;

/** How files fare, in one short text: `film.mp4 [████------------] 25 % 3.1 MB/s`; empty when none is on its way. */
export function progress(offers: readonly Offer[]): string {
  const running = offers.flatMap((offer) => {
    const { transfer } = offer;
    return transfer.at === "fetching" ? [{ offer, transfer }] : [];
  });
  const [first] = running;
  if (first === undefined) return "";
  const { file } = first.offer;
  const { done, bytesPerSecond } = first.transfer;
  const part = file.size === 0 ? 1 : Math.min(1, done / file.size);
  const filled = Math.floor(part * width);
  const more = running.length > 1 ? ` +${running.length - 1}` : "";
  const name = clean(file.name);
  const short = name.length > 20 ? `${name.slice(0, 19)}…` : name;
  return `${short} [${"#".repeat(filled)}${"-".repeat(width - filled)}] ${Math.floor(part * 100)} % ${inBytes(bytesPerSecond)}/s${more}`;
}
