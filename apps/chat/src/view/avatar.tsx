import type { Status } from "@peerloom/app-chat-wire";
import type { JSX } from "preact";
import type { Person } from "../model/state.ts";

export interface AvatarProps {
  readonly id: string;
  readonly name: string;
  /** Shows a dot of this presence. */
  readonly presence?: Person["presence"] | undefined;
  /** What they say about themselves; shown while they are here. */
  readonly status?: Status | undefined;
}

const colours = 8;

/** The initials of somebody, in a colour that follows from the id. */
export function Avatar({ id, name, presence, status }: AvatarProps): JSX.Element {
  return (
    <span class={`avatar colour-${colourOf(id)}`} aria-hidden="true">
      {initials(name)}
      {presence !== undefined && <span class={`dot ${presence === "here" ? (status ?? "here") : presence}`} />}
    </span>
  );
}

function initials(name: string): string {
  const words = name.split(/[\s-]+/u).filter((word) => word !== "");
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => firstCharacter(word ?? ""));
  return letters.join("").toLocaleUpperCase();
}

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** As people count: an emoji of several parts is one. */
function firstCharacter(word: string): string {
  const [first] = graphemes.segment(word);
  return first?.segment ?? "";
}

function colourOf(id: string): number {
  // FNV-1a: names that differ in little still get different colours.
  const hash = Array.from(id).reduce((sum, character) => Math.imul(sum ^ (character.codePointAt(0) ?? 0), 16_777_619), 0x811c9dc5);
  return (hash >>> 3) % colours;
}
