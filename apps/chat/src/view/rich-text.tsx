import type { JSX } from "preact";
import { isEmojiOnly, toParts, type Part } from "../model/rich.ts";

/** A line with its code and links. Made of elements and text only: what somebody writes is never markup. */
export function RichText({ text }: { readonly text: string }): JSX.Element {
  return <div class={isEmojiOnly(text) ? "text big" : "text"}>{toParts(text).map((part, at) => drawPart(part, at))}</div>;
}

function drawPart(part: Part, key: number): JSX.Element | string {
  switch (part.kind) {
    case "text":
      return part.text;
    case "code":
      return <code key={key}>{part.text}</code>;
    case "block":
      return (
        <pre key={key} tabIndex={0}>
          <code>{part.text}</code>
        </pre>
      );
    case "link":
      return (
        <a key={key} href={part.href} target="_blank" rel="noopener noreferrer nofollow">
          {part.text}
        </a>
      );
  }
}
