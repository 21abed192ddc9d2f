import type { JSX } from "preact";
import type { Actions } from "../actions.ts";
import { listPeople } from "../model/people.ts";
import { ROOM, type InRoom, type Person } from "../model/state.ts";
import { emptyTalk } from "../model/talk.ts";
import { Avatar } from "./avatar.tsx";
import { Composer } from "./composer.tsx";
import { Log } from "./log.tsx";

/** The open conversation: what it is, its lines, and where to write. */
export function TalkView({ state, actions }: { readonly state: InRoom; readonly actions: Actions }): JSX.Element {
  const { open } = state;
  const talk = state.talks.get(open) ?? emptyTalk;
  const person = open === ROOM ? undefined : state.people.get(open);
  const words = person === undefined ? roomWords(state) : personWords(person);
  return (
    <main class="talk" aria-label={words.title}>
      <header class="talk-head">
        {person === undefined ? (
          <span class="avatar hash" aria-hidden="true">
            #
          </span>
        ) : (
          <Avatar id={person.id} name={person.name} presence={person.presence} />
        )}
        <div class="who">
          <h2 class="name">{words.title}</h2>
          <p class="about">{words.about}</p>
        </div>
      </header>
      <Log label={`Messages, ${words.title}`} talk={open} entries={talk.entries} empty={words.empty} actions={actions} />
      <Composer to={words.to} draft={talk.draft} onDraft={(text) => actions.draft(open, text)} onSay={(text) => actions.say(open, text)} />
    </main>
  );
}

interface Words {
  readonly title: string;
  readonly about: string;
  readonly empty: string;
  readonly to: string;
}

function roomWords(state: InRoom): Words {
  const { members } = listPeople(state);
  const names = members.map(({ name }) => name);
  const others = names.length > 3 ? [...names.slice(0, 2), `${names.length - 2} more`] : names;
  const list = new Intl.ListFormat("en").format(["You", ...others]);
  return {
    title: "Everybody",
    about: names.length === 0 ? "Only you are here" : list,
    empty: names.length === 0 ? "Nobody else is here yet. Share the room’s link, and talk." : "Nothing has been said yet. Say hello!",
    to: "everybody",
  };
}

function personWords({ name, presence, about }: Person): Words {
  const privacy = "Only you two see this";
  const state = { here: privacy, away: `${privacy} · away at the moment`, gone: `${privacy} · not in this room now` }[presence];
  return { title: name, about: about === undefined ? state : about, empty: `Only you and ${name} see what is said here.`, to: name };
}
