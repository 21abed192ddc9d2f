import { inBytes, type FileOffer } from "@peerloom/app-chat-wire";
import { nameOf } from "./people.ts";
import { note, problem } from "./shown.ts";
import type { Effect, Offer, State, Step, TransferInput } from "./state.ts";

const maxOffers = 100;

/** Takes down a file that somebody offers, unless it is known. @returns its number, too. */
export function withOffer(state: State, from: string, id: string, file: FileOffer): readonly [State, number] {
  const known = state.offers.find((offer) => offer.from === from && offer.id === id);
  if (known !== undefined) return [state, known.number];
  const number = state.nextNumber;
  const offer: Offer = { number, from, id, file, transfer: { at: "offered" }, folder: "" };
  return [{ ...state, nextNumber: number + 1, offers: [...state.offers, offer].slice(-maxOffers) }, number];
}

/** Fetches a file, or goes on with it; without a number, the newest that is not here. */
export function accept(state: State, number: number | undefined, folder: string): Step {
  const offer =
    number === undefined
      ? state.offers.findLast(({ transfer }) => transfer.at === "offered" || transfer.at === "broken")
      : state.offers.find((known) => known.number === number);
  if (offer === undefined)
    return [state, [problem(number === undefined ? "No file was offered." : `There is no file ${number}; see /files.`)]];
  if (offer.transfer.at === "fetching") return [state, [note(`${offer.file.name} is on its way already.`)]];
  if (offer.transfer.at === "here") return [state, [note(`${offer.file.name} is here: ${offer.transfer.path}`)]];
  return fetch(state, { ...offer, folder });
}

/** Files of somebody who is back go on by themselves. */
export function goOn(state: State, from: string): Step {
  let next = state;
  const effects: Effect[] = [];
  for (const offer of state.offers) {
    if (offer.from !== from || offer.transfer.at !== "broken") continue;
    const [after, more] = fetch(next, offer);
    next = after;
    effects.push(...more);
  }
  return [next, effects];
}

/** How a file fares. */
export function transfer(state: State, number: number, input: TransferInput): Step {
  const offer = state.offers.find((known) => known.number === number);
  if (offer?.transfer.at !== "fetching") return [state, []];
  const { file } = offer;
  switch (input.type) {
    case "begun": {
      const next = replace(state, { ...offer, transfer: { at: "fetching", done: input.done, bytesPerSecond: 0 } });
      return [next, input.done === 0 ? [] : [note(`${file.name} goes on from ${inBytes(input.done)} of ${inBytes(file.size)}.`)]];
    }
    case "fetching":
      return [replace(state, { ...offer, transfer: { at: "fetching", done: input.done, bytesPerSecond: input.bytesPerSecond } }), []];
    case "broken": {
      const text = `${file.name} stopped at ${inBytes(input.done)} of ${inBytes(file.size)}: ${input.why} /accept ${number} goes on from there.`;
      return [replace(state, { ...offer, transfer: { at: "broken", done: input.done } }), [problem(text)]];
    }
    case "here":
      return [
        replace(state, { ...offer, transfer: { at: "here", path: input.path } }),
        [note(`${file.name} from ${nameOf(state, offer.from)} is here: ${input.path}`)],
      ];
  }
}

/** What `/files` shows. */
export function listOffers(state: State): string[] {
  const rows = state.offers.map(({ number, from, file, transfer: { at, ...rest } }) => {
    const done = "done" in rest ? ` ${Math.floor((100 * rest.done) / Math.max(1, file.size))} %` : "";
    return `${number}  ${file.name}  ${inBytes(file.size)}  from ${nameOf(state, from)}  ${at}${done}`;
  });
  return rows.length === 0 ? ["No file was offered."] : rows;
}

function fetch(state: State, offer: Offer): Step {
  const done = offer.transfer.at === "broken" ? offer.transfer.done : 0;
  const next: Offer = { ...offer, transfer: { at: "fetching", done, bytesPerSecond: 0 } };
  return [replace(state, next), [{ do: "fetch", offer: next }]];
}

function replace(state: State, offer: Offer): State {
  return { ...state, offers: state.offers.map((known) => (known.number === offer.number ? offer : known)) };
}
