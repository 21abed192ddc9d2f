import type { JSX } from "preact";
import type { Person } from "../../model/state.ts";
import { Icon } from "../icon.tsx";
import { useCell, useShell } from "../shell.ts";

/** Tells that others are in a call, or why one cannot be entered. */
export function CallInvitation({ people }: { readonly people: ReadonlyMap<string, Person> }): JSX.Element {
  const { call } = useShell();
  const state = useCell(call.state);
  const names = [...people.values()].filter(({ isInCall, presence }) => isInCall && presence === "here").map(({ name }) => name);
  const problem = state.at === "entering" ? undefined : state.problem;
  return (
    <div class="invitation" role="status">
      {problem !== undefined && (
        <p class="trouble">
          <Icon name="alert" />
          <span>{problem}</span>
        </p>
      )}
      {state.at === "idle" && names.length > 0 && (
        <p>
          <Icon name="camera" />
          <span>
            {new Intl.ListFormat("en").format(names)} {names.length > 1 ? "are" : "is"} in a call
          </span>
          <button type="button" class="small-button" onClick={() => void call.enter()}>
            Join the call
          </button>
        </p>
      )}
    </div>
  );
}
