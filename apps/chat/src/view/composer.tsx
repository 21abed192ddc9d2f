import { maxTextLength } from "@peerloom/app-chat-wire";
import type { JSX, TargetedKeyboardEvent, TargetedSubmitEvent } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Icon } from "./icon.tsx";

export interface ComposerProps {
  /** To whom, as words. */
  readonly to: string;
  readonly draft: string;
  readonly onDraft: (text: string) => void;
  readonly onSay: (text: string) => void;
}

/** From here on the number of characters left is shown. */
const nearLimit = maxTextLength - 200;

/** Where a line is written: Enter sends, Shift+Enter begins a new line. It grows with what is written. */
export function Composer({ to, draft, onDraft, onSay }: ComposerProps): JSX.Element {
  const field = useRef<HTMLTextAreaElement>(null);

  useLayoutEffect(() => {
    if (field.current === null) return;
    field.current.style.height = "auto";
    field.current.style.height = `${field.current.scrollHeight}px`;
  }, [draft]);

  // At once, so that no key is lost; but not where a keyboard would open and hide half of the page.
  useLayoutEffect(() => {
    if (matchMedia("(hover: hover)").matches) field.current?.focus();
  }, []);

  const submit = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    onSay(draft);
    field.current?.focus();
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLTextAreaElement>): void => {
    // While an input method composes a character, Enter is its.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    onSay(draft);
  };

  return (
    <form class="composer" onSubmit={submit}>
      <textarea
        ref={field}
        rows={1}
        value={draft}
        maxLength={maxTextLength}
        placeholder={`Message ${to}`}
        aria-label={`Message ${to}`}
        enterkeyhint="send"
        onInput={(event) => onDraft(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      {draft.length >= nearLimit && <output class="left">{maxTextLength - draft.length} characters left</output>}
      <button class="primary round" disabled={draft.trim() === ""} aria-label="Send" title="Send">
        <Icon name="send" />
      </button>
    </form>
  );
}
