import type { FileOffer, Status } from "@peerloom/app-chat-wire";
import type { Path } from "./state.ts";

/** Whose line it is, and whether everybody hears it. */
interface SaidTo {
  /** The room's name; undefined when it is private. */
  readonly room: string | undefined;
  /** To whom a private line of one's own goes. */
  readonly to?: string | undefined;
}

/** Something to be shown, in the words of the model; how it looks is the view's. */
export type Shown =
  | {
      readonly kind: "line";
      readonly where: SaidTo;
      readonly from: string;
      readonly name: string;
      readonly text: string;
      readonly time: number;
      readonly isMine: boolean;
      /** Somebody told it who remembered it. */
      readonly isRemembered: boolean;
      readonly quote: { readonly name: string; readonly text: string } | undefined;
      readonly file: (FileOffer & { readonly number: number | undefined }) | undefined;
    }
  | { readonly kind: "note"; readonly text: string }
  | { readonly kind: "problem"; readonly text: string }
  | { readonly kind: "text"; readonly lines: readonly string[] }
  | {
      readonly kind: "people";
      readonly people: readonly {
        readonly id: string;
        readonly name: string;
        readonly status: Status | "gone" | "lost";
        readonly path: Path;
      }[];
    };

export function note(text: string): { readonly do: "show"; readonly what: Shown } {
  return { do: "show", what: { kind: "note", text } };
}

export function problem(text: string): { readonly do: "show"; readonly what: Shown } {
  return { do: "show", what: { kind: "problem", text } };
}

export function texts(lines: readonly string[]): { readonly do: "show"; readonly what: Shown } {
  return { do: "show", what: { kind: "text", lines } };
}
