import type { JSX } from "preact";
import type { Group } from "../model/groups.ts";
import type { Note, Said } from "../model/line.ts";
import { Avatar } from "./avatar.tsx";
import { LineView } from "./line-view.tsx";
import { clock, day, moment } from "./times.ts";

/** What lines need to know of the conversation they are in. */
export interface TalkContext {
  readonly talk: string;
  readonly me: string;
  readonly nameOf: (id: string) => string;
}

/** One part of the log. */
export function GroupView({ group, context }: { readonly group: Group; readonly context: TalkContext }): JSX.Element {
  if (group.kind === "day") return <p class="note day">{day(group.time)}</p>;
  if (group.kind === "arrival") return <p class="note arrival">You came in · what is above, others remember</p>;
  if (group.kind === "note") return <p class="note">{noteWords(group.note)}</p>;
  return <SaidView lines={group.lines} isContinued={group.isContinued} context={context} />;
}

interface SaidViewProps {
  readonly lines: readonly Said[];
  readonly isContinued: boolean;
  readonly context: TalkContext;
}

/** What one person said in one go. */
function SaidView({ lines, isContinued, context }: SaidViewProps): JSX.Element | null {
  const [first] = lines;
  if (first === undefined) return null;
  const isMine = first.from === context.me;
  const author = isMine ? "You" : first.name;
  return (
    <article class={`said ${isMine ? "mine" : ""} ${isContinued ? "continued" : ""}`} aria-label={author}>
      {!isMine && (isContinued ? <span class="avatar" /> : <Avatar id={first.from} name={first.name} />)}
      <div class="lines">
        {!isContinued && (
          <p class="author">
            <span class="name">{author}</span>
            <time dateTime={new Date(first.time).toISOString()} title={moment(first.time)}>
              {clock(first.time)}
            </time>
          </p>
        )}
        {lines.map((line) => (
          <LineView key={line.id} line={line} context={context} />
        ))}
      </div>
    </article>
  );
}

function noteWords({ note, name, missed = 0 }: Note): string {
  if (note === "joined") return `${name} joined`;
  if (note === "left") return `${name} left`;
  return missed === 1 ? `One line of ${name} is lost` : `${missed} lines of ${name} are lost`;
}
