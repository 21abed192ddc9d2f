import type { JSX } from "preact";
import { listPeople } from "../model/people.ts";
import { ROOM, type InRoom, type Person } from "../model/state.ts";
import { Avatar } from "./avatar.tsx";
import { CopyLink } from "./copy-link.tsx";
import { IconButton } from "./icon-button.tsx";
import { Icon, Logo } from "./icon.tsx";
import { MyCard } from "./my-card.tsx";
import { QualityBadge } from "./quality-badge.tsx";
import { useCell, useShell } from "./shell.ts";

/** Who is here, and all conversations: the room's and one with each person. */
export function PeopleList({ state }: { readonly state: InRoom }): JSX.Element {
  const { actions } = useShell();
  const { members, others, helpers } = listPeople(state);
  const unreadOf = (key: string): number => state.talks.get(key)?.unread ?? 0;
  const item = (key: string, content: JSX.Element): JSX.Element => (
    <li key={key}>
      <button type="button" class="talk-link" aria-current={state.open === key ? "true" : undefined} onClick={() => actions.show(key)}>
        {content}
        <Unread count={unreadOf(key)} />
      </button>
    </li>
  );
  const personItem = (person: Person): JSX.Element => item(person.id, <PersonLabel person={person} unread={unreadOf(person.id)} />);

  return (
    <nav id="people" class="people" aria-label="People and conversations">
      <header class="brand">
        <Logo />
        <span class="name">Peerloom</span>
        <CopyLink room={state.room} isSmall />
        <IconButton icon="leave" label="Leave the room" onClick={() => actions.leave()} />
      </header>
      <div class="people-scroll">
        <ul>
          {item(
            ROOM,
            <>
              <span class="avatar hash" aria-hidden="true">
                #
              </span>
              <span class="who">
                <span class="name">
                  {state.room}
                  <UnreadWords count={unreadOf(ROOM)} />
                </span>
                <span class="about">everybody in the room</span>
              </span>
            </>,
          )}
        </ul>
        <h2>In this room · {members.length + 1}</h2>
        {members.length > 0 ? <ul>{members.map(personItem)}</ul> : <p class="about nobody">Nobody but you, so far</p>}
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
      </div>
      <MyCard me={state.me} name={state.name} status={state.status} isOnline={state.isOnline} />
    </nav>
  );
}

function PersonLabel({ person, unread }: { readonly person: Person; readonly unread: number }): JSX.Element {
  const { qualities } = useShell();
  const quality = useCell(qualities.cells.at(person.id));
  const words = wordsOf(person);
  return (
    <>
      <Avatar id={person.id} name={person.name} presence={person.presence} status={person.status} />
      <span class="who">
        <span class="name">
          {person.name}
          <UnreadWords count={unread} />
        </span>
        {words !== "" ? (
          <span class="about">{words}</span>
        ) : (
          quality !== undefined && (
            <span class="about">
              <QualityBadge quality={quality} isShort />
            </span>
          )
        )}
      </span>
      {person.isInCall && (
        <span class="in-call" title="in the call">
          <Icon name="camera" />
          <span class="unseen"> in the call</span>
        </span>
      )}
    </>
  );
}

function wordsOf({ presence, status, about, isTyping, isTypingToMe }: Person): string {
  if (presence === "gone") return "not in this room";
  if (presence === "away") return "away";
  if (isTypingToMe) return "types to you…";
  if (isTyping) return "types…";
  if (status === "busy") return "busy";
  if (status === "away") return "not at the keyboard";
  return about ?? "";
}

/** Said right after the name; the number at the end of the row is for the eyes. */
function UnreadWords({ count }: { readonly count: number }): JSX.Element | null {
  return count === 0 ? null : <span class="unseen"> {count} unread</span>;
}

function Unread({ count }: { readonly count: number }): JSX.Element | null {
  if (count === 0) return null;
  return (
    <span class="badge" aria-hidden="true">
      {count > 99 ? "99+" : count}
    </span>
  );
}
