import { maxTextLength } from "@peerloom/app-chat-wire";
import type { JSX, TargetedClipboardEvent, TargetedEvent, TargetedKeyboardEvent, TargetedSubmitEvent } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Draft } from "../model/state.ts";
import { IconButton } from "./icon-button.tsx";
import { Icon } from "./icon.tsx";
import { useShell } from "./shell.ts";

export interface ComposerProps {
  /** The conversation. */
  readonly talk: string;
  /** To whom, as words. */
  readonly to: string;
  readonly draft: Draft;
}

/** From here on the number of characters left is shown. */
const nearLimit = maxTextLength - 200;

/** Where a line is written: Enter sends, Shift+Enter begins a new line. It grows with what is written, and takes pasted files. */
export function Composer({ talk, to, draft }: ComposerProps): JSX.Element {
  const { actions } = useShell();
  const field = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const { text, reply } = draft;

  useLayoutEffect(() => {
    if (field.current === null) return;
    field.current.style.height = "auto";
    field.current.style.height = `${field.current.scrollHeight}px`;
  }, [text]);

  // At once, so that no key is lost; but not where a keyboard would open and hide half of the page.
  useLayoutEffect(() => {
    if (matchMedia("(hover: hover)").matches) field.current?.focus();
  }, []);
  useLayoutEffect(() => {
    if (reply !== undefined) field.current?.focus();
  }, [reply]);

  const say = (): void => {
    actions.say(talk, text);
    field.current?.focus();
  };
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    say();
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLTextAreaElement>): void => {
    if (event.key === "Escape" && reply !== undefined) actions.answer(talk, undefined);
    // While an input method composes a character, Enter is its.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    say();
  };
  const onPaste = (event: TargetedClipboardEvent<HTMLTextAreaElement>): void => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    actions.attach(talk, files);
  };
  const onPick = (event: TargetedEvent<HTMLInputElement>): void => {
    actions.attach(talk, [...(event.currentTarget.files ?? [])]);
    event.currentTarget.value = "";
  };

  return (
    <form class="composer" onSubmit={submit}>
      {reply !== undefined && (
        <div class="answering">
          <Icon name="reply" />
          <span class="who">
            <span class="name">Answer to {reply.name}</span>
            <span class="about">{reply.text}</span>
          </span>
          <IconButton icon="close" label="Answer no message" onClick={() => actions.answer(talk, undefined)} />
        </div>
      )}
      <div class="field">
        <IconButton icon="attach" label="Send a file" onClick={() => picker.current?.click()} />
        <input ref={picker} type="file" multiple hidden onChange={onPick} aria-label="Files to send" />
        <textarea
          ref={field}
          rows={1}
          value={text}
          maxLength={maxTextLength}
          placeholder={`Message ${to}`}
          aria-label={`Message ${to}`}
          enterkeyhint="send"
          onInput={(event) => actions.draft(talk, event.currentTarget.value)}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
        />
        <button class="primary round" disabled={text.trim() === ""} aria-label="Send" title="Send">
          <Icon name="send" />
        </button>
      </div>
      {text.length >= nearLimit && <output class="left">{maxTextLength - text.length} characters left</output>}
    </form>
  );
}
