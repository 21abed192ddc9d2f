import { inBytes } from "@peerloom/app-chat-wire";
import type { JSX } from "preact";
import type { Offer } from "../model/transfer.ts";

export interface OwnFileNoteProps {
  readonly offer: Offer;
  readonly size: number;
  readonly isOffered: boolean;
}

/** Who has one's own file, and how far it is on its way to the others. */
export function OwnFileNote({ offer, size, isOffered }: OwnFileNoteProps): JSX.Element {
  const readers = [...offer.readers.values()];
  const having = readers.filter(({ done }) => done >= size).map(({ name }) => name);
  const fetching = isOffered ? readers.filter(({ done }) => done < size) : [];
  const words = [inBytes(size)];
  if (having.length > 0) words.push(`${new Intl.ListFormat("en").format(having)} ${having.length === 1 ? "has" : "have"} it`);
  else if (!isOffered) words.push("not offered any more");
  return (
    <>
      <span class="about">{words.join(" · ")}</span>
      {fetching.map(({ name, done }) => (
        <span key={name} class="about fetching">
          {name} · {Math.floor((done / Math.max(1, size)) * 100)} %
          <progress value={done / Math.max(1, size)} max={1} aria-label={`As far as ${name} has it`} />
        </span>
      ))}
    </>
  );
}
