import type { JSX } from "preact";
import { keyOfLine, type Delivery, type Said } from "../model/line.ts";
import { FileCard } from "./file-card.tsx";
import { Icon } from "./icon.tsx";
import { LineTools } from "./line-tools.tsx";
import type { TalkContext } from "./lines.tsx";
import { ReactionRow } from "./reaction-row.tsx";
import { RichText } from "./rich-text.tsx";
import { useShell } from "./shell.ts";

/** One line: what it answers, what it says, how it fares, what others put to it. */
export function LineView({ line, context }: { readonly line: Said; readonly context: TalkContext }): JSX.Element {
  const { actions } = useShell();
  const { talk, me, nameOf } = context;
  const { delivery, reply, file } = line;
  return (
    <div class="line" data-delivery={delivery?.at} data-key={keyOfLine(line)} tabIndex={-1}>
      <div class="row">
        <div class={file === undefined ? "bubble" : "bubble with-file"}>
          {reply !== undefined && (
            <button type="button" class="quote" onClick={() => showLine(keyOfLine(reply))} title="Show the message">
              <span class="name">{reply.from === me ? "You" : nameOf(reply.from)}</span>
              <span>{reply.text}</span>
            </button>
          )}
          {file !== undefined && <FileCard line={line} file={file} />}
          {line.text !== "" && <RichText text={line.text} />}
        </div>
        {delivery !== undefined && <Mark delivery={delivery} />}
        <LineTools line={line} talk={talk} />
      </div>
      <ReactionRow line={line} talk={talk} me={me} nameOf={nameOf} />
      {delivery?.at === "failed" && (
        <p class="failed">
          <Icon name="alert" />
          <span>Not sent. {delivery.why}</span>
          <button type="button" class="small-button" onClick={() => actions.retry(talk, line.id)}>
            Try again
          </button>
        </p>
      )}
    </div>
  );
}

/** How one's own line fares. */
function Mark({ delivery }: { readonly delivery: Delivery }): JSX.Element | null {
  if (delivery.at === "failed") return null;
  if (delivery.at === "sending" || delivery.at === "held") return <span class="mark">sending…</span>;
  return (
    <span class="mark" title={delivery.at}>
      <Icon name={delivery.at === "sent" ? "check" : "checks"} />
      <span class="unseen">{delivery.at}</span>
    </span>
  );
}

function showLine(key: string): void {
  const line = document.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
  line?.scrollIntoView({ block: "center", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth" });
  line?.focus({ preventScroll: true });
}
