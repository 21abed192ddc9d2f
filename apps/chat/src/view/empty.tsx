import type { JSX } from "preact";
import type { Actions } from "../actions.ts";
import { listPeople } from "../model/people.ts";
import type { InRoom, Person } from "../model/state.ts";
import { CopyLink } from "./copy-link.tsx";

/** What stands in the room's conversation before anybody has said something: what to do now. */
export function EmptyRoom({ state, actions }: { readonly state: InRoom; readonly actions: Actions }): JSX.Element {
  const { members, helpers } = listPeople(state);
  const [helper] = helpers;
  if (members.length > 0) return <p>Nothing has been said since you came. Say hello!</p>;
  return (
    <>
      <p>
        <strong>Nobody else is here yet.</strong>
        <br />
        Whoever opens this room’s link can talk with you.
      </p>
      <CopyLink room={state.room} />
      {helper !== undefined && (
        <p>
          Meanwhile,{" "}
          <button type="button" class="small-button" onClick={() => actions.show(helper.id)}>
            talk to {helper.name}
          </button>
          , who lives in the relay.
        </p>
      )}
    </>
  );
}

/** What stands in a conversation with one person before anything was said. */
export function EmptyTalk({ person }: { readonly person: Person }): JSX.Element {
  if (person.about !== undefined) return <p>{person.name} is a program in the relay. Say hello, or ask for the time.</p>;
  return <p>Nobody else in the room sees what you and {person.name} say here.</p>;
}
