import type { JSX } from "preact";
import type { Actions } from "../actions.ts";
import { listPeople } from "../model/people.ts";
import { ROOM, type InRoom, type Person } from "../model/state.ts";
import { Avatar } from "./avatar.tsx";

const presenceWords: Readonly<Record<Person["presence"], string>> = { here: "", away: "away", gone: "not in this room" };

/** Who is here, and all conversations: the room's and one with each person. */
export function PeopleList({ state, actions }: { readonly state: InRoom; readonly actions: Actions }): JSX.Element {
  const { members, others, helpers } = listPeople(state);
  const item = (key: string, content: JSX.Element): JSX.Element => (
    <li key={key}>
      <button type="button" class="talk-link" aria-current={state.open === key ? "true" : undefined} onClick={() => actions.show(key)}>
        {content}
        <Unread count={state.talks.get(key)?.unread ?? 0} />
      </button>
    </li>
  );
  const personItem = (person: Person): JSX.Element => item(person.id, <PersonLabel person={person} />);

  return (
    <nav id="people" class="people" aria-label="People and conversations">
      <ul>
        {item(
          ROOM,
          <>
            <span class="avatar hash" aria-hidden="true">
              #
            </span>
            <span class="who">
              <span class="name">{state.room}</span>
              <span class="about">everybody in the room</span>
            </span>
          </>,
        )}
      </ul>
      <h2>In this room · {members.length + 1}</h2>
      <ul>
        <li class="me">
          <Avatar id={state.me} name={state.name} presence={state.isOnline ? "here" : "away"} />
          <span class="who">
            <span class="name">{state.name}</span>
            <span class="about">you</span>
          </span>
        </li>
        {members.map(personItem)}
      </ul>
      {others.length > 0 && (
        <>
          <h2>Elsewhere</h2>
          <ul>{others.map(personItem)}</ul>
        </>
      )}
      {helpers.length > 0 && (
        <>
          <h2>Always here</h2>
          <ul>{helpers.map(personItem)}</ul>
        </>
      )}
    </nav>
  );
}

function PersonLabel({ person }: { readonly person: Person }): JSX.Element {
  const about = person.about ?? presenceWords[person.presence];
  return (
    <>
      <Avatar id={person.id} name={person.name} presence={person.presence} />
      <span class="who">
        <span class="name">{person.name}</span>
        {about !== "" && <span class="about">{about}</span>}
      </span>
    </>
  );
}

function Unread({ count }: { readonly count: number }): JSX.Element | null {
  if (count === 0) return null;
  return (
    <span class="badge">
      {count > 99 ? "99+" : count}
      <span class="unseen"> unread</span>
    </span>
  );
}
