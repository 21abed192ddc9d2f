import type { JSX } from "preact";
import type { Actions } from "../actions.ts";
import type { Group } from "../model/groups.ts";
import type { Note, Said } from "../model/line.ts";
import { Avatar } from "./avatar.tsx";
import { Icon } from "./icon.tsx";
import { clock, day, moment } from "./times.ts";

export interface GroupProps {
  readonly group: Group;
  readonly talk: string;
  readonly actions: Actions;
}

/** One part of the log. */
export function GroupView({ group, talk, actions }: GroupProps): JSX.Element {
  if (group.kind === "day") return <p class="note day">{day(group.time)}</p>;
  if (group.kind === "note") return <p class="note">{noteWords(group.note)}</p>;
  const { first, lines } = group;
  const isMine = first.delivery !== undefined;
  return (
    <article class={isMine ? "said mine" : "said"} aria-label={isMine ? "You" : first.name}>
      {!isMine && <Avatar id={first.from} name={first.name} />}
      <div class="lines">
        <p class="author">
          <span class="name">{isMine ? "You" : first.name}</span>
          <time dateTime={new Date(first.time).toISOString()} title={moment(first.time)}>
            {clock(first.time)}
          </time>
        </p>
        {lines.map((line) => (
          <LineView key={line.id} line={line} retry={() => actions.retry(talk, line.id)} />
        ))}
      </div>
    </article>
  );
}

function LineView({ line, retry }: { readonly line: Said; readonly retry: () => void }): JSX.Element {
  const { delivery } = line;
  return (
    <div class="line" data-delivery={delivery?.at}>
      <div class="row">
        <p class="bubble">{line.text}</p>
        {(delivery?.at === "sending" || delivery?.at === "held") && <span class="mark">sending…</span>}
        {delivery?.at === "sent" && (
          <span class="mark" title="sent">
            <Icon name="check" />
            <span class="unseen">sent</span>
          </span>
        )}
      </div>
      {delivery?.at === "failed" && (
        <p class="failed">
          <Icon name="alert" />
          <span>Not sent. {delivery.why}</span>
          <button type="button" class="small-button" onClick={retry}>
            Try again
          </button>
        </p>
      )}
    </div>
  );
}

function noteWords({ note, name, missed = 0 }: Note): string {
  if (note === "joined") return `${name} joined`;
  if (note === "left") return `${name} left`;
  return missed === 1 ? `One line of ${name} is lost` : `${missed} lines of ${name} are lost`;
}
