import type { JSX, TargetedKeyboardEvent } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
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
  const bar = useRef<HTMLDivElement>(null);
  const [isOpen, setOpen] = useState(false);

  // The button that had the focus is gone: the first emoji has it then.
  useEffect(() => {
    if (isOpen) bar.current?.querySelector("button")?.focus({ preventScroll: true });
  }, [isOpen]);

  /** The focus goes back to the line. */
  const close = (): void => {
    setOpen(false);
    bar.current?.closest<HTMLElement>(".line")?.focus({ preventScroll: true });
  };
  const react = (emoji: string): void => {
    close();
    actions.react(talk, line, emoji);
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLDivElement>): void => {
    if (event.key !== "Escape" || !isOpen) return;
    event.stopPropagation();
    close();
  };

  return (
    <div ref={bar} class={isOpen ? "tools open" : "tools"} role="toolbar" aria-label="This message" onKeyDown={onKeyDown}>
      {isOpen ? (
        <>
          {palette.map((emoji) => (
            <button key={emoji} type="button" class="quiet emoji" aria-label={`React with ${emoji}`} onClick={() => react(emoji)}>
              {emoji}
            </button>
          ))}
          <IconButton icon="close" label="Close the emoji" onClick={close} />
        </>
      ) : (
        <>
          <IconButton icon="smile" label="React" isExpanded={false} onClick={() => setOpen(true)} />
          <IconButton icon="reply" label="Reply" onClick={() => actions.answer(talk, line)} />
        </>
      )}
    </div>
  );
}
