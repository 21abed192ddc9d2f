import { maxNameLength, maxRoomLength } from "@peerloom/app-chat-wire";
import type { JSX, TargetedSubmitEvent } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Actions } from "../actions.ts";
import type { Door as DoorState, Joining } from "../model/state.ts";
import { Icon, Logo } from "./icon.tsx";

/** The first thing somebody sees: who are you, and which room? */
export function Door({ state, actions }: { readonly state: DoorState | Joining; readonly actions: Actions }): JSX.Element {
  const isJoining = state.at === "joining";
  const problem = state.at === "door" ? state.problem : undefined;
  const nameField = useRef<HTMLInputElement>(null);
  // At once, so that no key is lost.
  useLayoutEffect(() => {
    if (!isJoining) nameField.current?.select();
  }, [isJoining, problem]);

  const submit = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    actions.join(textOf(form, "name"), textOf(form, "room"));
  };

  return (
    <main class="door">
      <form class="card" onSubmit={submit} noValidate>
        <h1>
          <Logo /> Peerloom chat
        </h1>
        <p class="lead">Pick a name, share the room’s link, talk.</p>

        <label for="name">Your name</label>
        <input
          ref={nameField}
          id="name"
          name="name"
          defaultValue={state.name}
          key={`name ${state.name}`}
          maxLength={maxNameLength}
          autocomplete="nickname"
          disabled={isJoining}
          aria-invalid={problem !== undefined}
          aria-describedby="problem"
        />

        <label for="room">Room</label>
        <div class="prefixed">
          <span aria-hidden="true">#</span>
          <input
            id="room"
            name="room"
            defaultValue={state.room}
            key={`room ${state.room}`}
            maxLength={maxRoomLength}
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            disabled={isJoining}
          />
        </div>

        <p id="problem" class="problem" role="alert">
          {problem !== undefined && (
            <>
              <Icon name="alert" /> {problem}
            </>
          )}
        </p>

        {isJoining ? (
          <>
            <p class="waiting" role="status">
              {state.trouble ?? `Joining # ${state.room}…`}
            </p>
            <button type="button" onClick={() => actions.leave()}>
              Cancel
            </button>
          </>
        ) : (
          <button class="primary">Join</button>
        )}
      </form>
      <p class="small">Nothing is stored on the relay. Your name is remembered on this device.</p>
    </main>
  );
}

function textOf(form: FormData, field: string): string {
  const value = form.get(field);
  return typeof value === "string" ? value : "";
}
