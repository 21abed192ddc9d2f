import type { JSX, TargetedDragEvent } from "preact";
import { useMemo, useState } from "preact/hooks";
import { draftOf } from "../model/drafts.ts";
import { typists } from "../model/people.ts";
import { ROOM, type InRoom } from "../model/state.ts";
import { emptyTalk } from "../model/talk.ts";
import { Composer } from "./composer.tsx";
import { Earlier } from "./earlier.tsx";
import { EmptyRoom, EmptyTalk } from "./empty.tsx";
import { Icon } from "./icon.tsx";
import type { TalkContext } from "./lines.tsx";
import { Log } from "./log.tsx";
import { useShell } from "./shell.ts";

/** The open conversation: its lines, who types, and where to write. Files may be dropped on it. */
export function TalkView({ state }: { readonly state: InRoom }): JSX.Element {
  const { actions } = useShell();
  const { open, me, people } = state;
  const [isOver, setOver] = useState(false);
  const { entries } = state.talks.get(open) ?? emptyTalk;
  const person = open === ROOM ? undefined : people.get(open);
  const title = person?.name ?? "Everybody";

  const context = useMemo((): TalkContext => ({ talk: open, me, nameOf: (id) => people.get(id)?.name ?? id }), [open, me, people]);
  const log = useMemo(
    () => (
      <Log
        label={`Messages, ${title}`}
        entries={entries}
        context={context}
        empty={person === undefined ? <EmptyRoom state={state} actions={actions} /> : <EmptyTalk person={person} />}
        top={open === ROOM && <Earlier earlier={state.earlier} />}
      />
    ),
    [entries, context, state.earlier, title],
  );

  const onDragOver = (event: TargetedDragEvent<HTMLElement>): void => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    setOver(true);
  };
  const onDrop = (event: TargetedDragEvent<HTMLElement>): void => {
    event.preventDefault();
    setOver(false);
    actions.attach(open, [...(event.dataTransfer?.files ?? [])]);
  };
  const onDragLeave = (event: TargetedDragEvent<HTMLElement>): void => {
    if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false);
  };

  return (
    <section class="talk" aria-label={title} onDragOver={onDragOver} onDragLeave={onDragLeave} onDrop={onDrop}>
      {log}
      <Typists state={state} />
      <Composer talk={open} to={person?.name ?? "everybody"} draft={draftOf(state, open)} />
      {isOver && (
        <div class="drop" aria-hidden="true">
          <p>
            <Icon name="attach" /> Let go to send to {person?.name ?? "everybody"}
          </p>
        </div>
      )}
    </section>
  );
}

function Typists({ state }: { readonly state: InRoom }): JSX.Element {
  const names = typists(state).map(({ name }) => name);
  const words =
    names.length > 3 ? "Several people type…" : `${new Intl.ListFormat("en").format(names)} ${names.length > 1 ? "type" : "types"}…`;
  return <p class="typists">{names.length > 0 && words}</p>;
}
