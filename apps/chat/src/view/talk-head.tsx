import type { JSX } from "preact";
import { listPeople } from "../model/people.ts";
import { ROOM, type InRoom, type Person } from "../model/state.ts";
import { Avatar } from "./avatar.tsx";
import { Icon } from "./icon.tsx";
import { QualityBadge } from "./quality-badge.tsx";
import { useCell, useShell } from "./shell.ts";

/** Whose conversation is open. */
export function TalkHead({ state }: { readonly state: InRoom }): JSX.Element {
  const person = state.open === ROOM ? undefined : state.people.get(state.open);
  return (
    <div class="talk-head">
      {person === undefined ? (
        <span class="avatar hash" aria-hidden="true">
          #
        </span>
      ) : (
        <Avatar id={person.id} name={person.name} presence={person.presence} status={person.status} />
      )}
      <div class="who">
        <h1 class="name">{person === undefined ? state.room : person.name}</h1>
        <p class="about">{person === undefined ? aboutRoom(state) : <AboutPerson person={person} />}</p>
      </div>
    </div>
  );
}

function AboutPerson({ person }: { readonly person: Person }): JSX.Element {
  const { qualities } = useShell();
  const quality = useCell(qualities.cells.at(person.id));
  const { presence, about, status } = person;
  const words = {
    here:
      about ?? (status === "busy" ? "Private · busy" : status === "away" ? "Private · not at the keyboard" : "Private, between you two"),
    away: "Private · away at the moment",
    gone: "Private · not in this room now",
  }[presence];
  return (
    <>
      <Icon name="lock" />
      {words}
      {quality !== undefined && presence === "here" && (
        <>
          {" "}
          <QualityBadge quality={quality} />
        </>
      )}
    </>
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
