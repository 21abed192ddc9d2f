/** How a file fares that somebody else offered. */
export type Transfer =
  /** Nobody has asked for it yet. */
  | { readonly at: "offered" }
  | { readonly at: "fetching"; readonly done: number; readonly bytesPerSecond: number }
  /** Paused by the person in front of the page. */
  | { readonly at: "paused"; readonly done: number }
  /** Waits for its owner to be back. */
  | { readonly at: "waiting"; readonly done: number }
  /** Over, unless somebody asks for it again: what came before `done` is kept. */
  | { readonly at: "broken"; readonly done: number; readonly why: string }
  | { readonly at: "here"; readonly url: string };

/** How one's own file fares: who has fetched how much of it. */
export interface Offer {
  readonly readers: ReadonlyMap<string, { readonly name: string; readonly done: number }>;
  readonly isWithdrawn: boolean;
}

export const offered: Transfer = { at: "offered" };
export const newOffer: Offer = { readers: new Map(), isWithdrawn: false };

export type TransferInput =
  | { readonly type: "fetch" }
  | { readonly type: "progress"; readonly done: number; readonly bytesPerSecond: number }
  | { readonly type: "pause" }
  | { readonly type: "cancel" }
  | { readonly type: "lost" }
  | { readonly type: "failed"; readonly why: string }
  | { readonly type: "complete"; readonly url: string };

/** How far it has come, in bytes. */
function doneOf(transfer: Transfer): number {
  return transfer.at === "offered" || transfer.at === "here" ? 0 : transfer.done;
}

/** Moves a transfer on. Inputs that do not fit change nothing. */
export function stepTransfer(transfer: Transfer, input: TransferInput): Transfer {
  const done = doneOf(transfer);
  const isRunning = transfer.at === "fetching";
  switch (input.type) {
    case "fetch":
      return isRunning || transfer.at === "here" ? transfer : { at: "fetching", done, bytesPerSecond: 0 };
    case "progress":
      return isRunning ? { at: "fetching", done: input.done, bytesPerSecond: input.bytesPerSecond } : transfer;
    case "pause":
      return isRunning || transfer.at === "waiting" ? { at: "paused", done } : transfer;
    case "cancel":
      return transfer.at === "here" ? transfer : offered;
    case "lost":
      return isRunning ? { at: "waiting", done } : transfer;
    case "failed":
      return isRunning ? { at: "broken", done, why: input.why } : transfer;
    case "complete":
      return isRunning ? { at: "here", url: input.url } : transfer;
  }
}

/** Types of pictures that are shown; one that could hold a program is none of them. */
const pictures = new Set(["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"]);

export function isPicture(type: string): boolean {
  return pictures.has(type);
}

/** What is fetched without being asked for: pictures up to a size, a few at a time, and not more than so many bytes in one stay. */
export const ownAccord = { maxBytes: 5_000_000, atOnce: 4, waiting: 100, bytesPerStay: 150_000_000 } as const;
