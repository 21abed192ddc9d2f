import type { JSX } from "preact";
import type { Said } from "../model/line.ts";
import { useShell } from "./shell.ts";

export interface ReactionRowProps {
  readonly line: Said;
  readonly talk: string;
  readonly me: string;
  readonly nameOf: (id: string) => string;
}

/** Who put which emoji to a line; a click adds one's own, or takes it away. */
export function ReactionRow({ line, talk, me, nameOf }: ReactionRowProps): JSX.Element | null {
  const { actions } = useShell();
  if (line.reactions === undefined || line.reactions.length === 0) return null;
  return (
    <div class="reactions">
      {line.reactions.map(([emoji, from]) => {
        const names = new Intl.ListFormat("en").format(from.map((id) => (id === me ? "you" : nameOf(id))));
        return (
          <button
            key={emoji}
            type="button"
            class="reaction"
            aria-pressed={from.includes(me)}
            aria-label={`${emoji} ${from.length}, by ${names}`}
            title={names}
            onClick={() => actions.react(talk, line, emoji)}
          >
            <span>{emoji}</span>
            {from.length}
          </button>
        );
      })}
    </div>
  );
}
