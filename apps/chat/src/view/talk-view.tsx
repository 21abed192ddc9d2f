import type { JSX } from "preact";
import type { Actions } from "../actions.ts";
import { listPeople } from "../model/people.ts";
import { ROOM, type InRoom, type Person } from "../model/state.ts";
import { emptyTalk } from "../model/talk.ts";
import { Avatar } from "./avatar.tsx";
import { Composer } from "./composer.tsx";
import { EmptyRoom, EmptyTalk } from "./empty.tsx";
import { Icon } from "./icon.tsx";
import { Log } from "./log.tsx";

/** The open conversation: what it is, its lines, and where to write. */
export function TalkView({ state, actions }: { readonly state: InRoom; readonly actions: Actions }): JSX.Element {
  const { open } = state;
  const talk = state.talks.get(open) ?? emptyTalk;
  const person = open === ROOM ? undefined : state.people.get(open);
  const title = person?.name ?? "Everybody";
  return (
    <section class="talk" aria-label={title}>
      <header class="talk-head">
        {person === undefined ? (
          <span class="avatar hash" aria-hidden="true">
            #
          </span>
        ) : (
          <Avatar id={person.id} name={person.name} presence={person.presence} />
        )}
        <div class="who">
          <h2 class="name">{title}</h2>
          <p class="about">
            {person !== undefined && <Icon name="lock" />}
            {person === undefined ? aboutRoom(state) : aboutPerson(person)}
          </p>
        </div>
      </header>
      <Log
        label={`Messages, ${title}`}
        talk={open}
        entries={talk.entries}
        empty={person === undefined ? <EmptyRoom state={state} actions={actions} /> : <EmptyTalk person={person} />}
        actions={actions}
      />
      <Composer
        to={person?.name ?? "everybody"}
        draft={talk.draft}
        onDraft={(text) => actions.draft(open, text)}
        onSay={(text) => actions.say(open, text)}
      />
    </section>
  );
}

/** Names are cut when there are more than this. */
const namesShown = 3;

function aboutRoom(state: InRoom): string {
  const names = listPeople(state).members.map(({ name }) => name);
  if (names.length === 0) return "Only you are here";
  const others = names.length > namesShown ? [...names.slice(0, namesShown - 1), `${names.length - namesShown + 1} more`] : names;
  return new Intl.ListFormat("en").format(["You", ...others]);
}

function aboutPerson({ presence, about }: Person): string {
  return { here: about ?? "Private, between you two", away: "Private · away at the moment", gone: "Private · not in this room now" }[
    presence
  ];
}
