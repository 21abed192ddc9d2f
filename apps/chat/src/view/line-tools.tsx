import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Said } from "../model/line.ts";
import { palette } from "../model/reactions.ts";
import { IconButton } from "./icon-button.tsx";
import { useShell } from "./shell.ts";

export interface LineToolsProps {
  readonly line: Said;
  readonly talk: string;
}

/** What can be done with a line: shown while a pointer is over it, or it has the focus. */
export function LineTools({ line, talk }: LineToolsProps): JSX.Element {
  const { actions } = useShell();
  const [isOpen, setOpen] = useState(false);
  const react = (emoji: string): void => {
    setOpen(false);
    actions.react(talk, line, emoji);
  };
  return (
    <div class={isOpen ? "tools open" : "tools"} role="toolbar" aria-label="This message">
      {isOpen ? (
        palette.map((emoji) => (
          <button key={emoji} type="button" class="quiet emoji" aria-label={`React with ${emoji}`} onClick={() => react(emoji)}>
            {emoji}
          </button>
        ))
      ) : (
        <>
          <IconButton icon="smile" label="React" isExpanded={false} onClick={() => setOpen(true)} />
          <IconButton icon="reply" label="Reply" onClick={() => actions.answer(talk, line)} />
        </>
      )}
      {isOpen && <IconButton icon="close" label="Close the emoji" onClick={() => setOpen(false)} />}
    </div>
  );
}
