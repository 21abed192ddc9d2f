import type { JSX, TargetedKeyboardEvent } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Actions } from "../actions.ts";
import { unreadCount } from "../model/people.ts";
import type { InRoom } from "../model/state.ts";
import { Banner } from "./banner.tsx";
import { CopyLink } from "./copy-link.tsx";
import { Icon, Logo } from "./icon.tsx";
import { PeopleList } from "./people-list.tsx";
import { TalkView } from "./talk-view.tsx";

/** The page of somebody who is in a room. */
export function Room({ state, actions }: { readonly state: InRoom; readonly actions: Actions }): JSX.Element {
  const listButton = useRef<HTMLButtonElement>(null);
  const unread = unreadCount(state);
  const count = [...state.people.values()].filter(({ presence, about }) => presence !== "gone" && about === undefined).length + 1;

  useEffect(() => {
    const wide = matchMedia("(min-width: 48rem)");
    const onChange = (): void => {
      if (wide.matches) actions.showList(false);
    };
    wide.addEventListener("change", onChange);
    return () => wide.removeEventListener("change", onChange);
  }, [actions]);

  const onKeyDown = (event: TargetedKeyboardEvent<HTMLDivElement>): void => {
    if (event.key !== "Escape" || !state.isListShown) return;
    actions.showList(false);
    listButton.current?.focus();
  };

  return (
    <div class={`room ${state.isListShown ? "list-shown" : ""} ${state.isOnline ? "" : "offline"}`} onKeyDown={onKeyDown}>
      <header class="top">
        <button
          ref={listButton}
          type="button"
          class="quiet narrow-only"
          aria-expanded={state.isListShown}
          aria-controls="people"
          aria-label={`People, ${count} here${unread > 0 ? `, ${unread} unread` : ""}`}
          onClick={() => actions.showList(!state.isListShown)}
        >
          <Icon name="people" />
          {count}
          {unread > 0 && <span class="badge">{unread > 99 ? "99+" : unread}</span>}
        </button>
        <span class="brand wide-only">
          <Logo /> Peerloom
        </span>
        <h1>
          <span aria-hidden="true"># </span>
          {state.room}
        </h1>
        <CopyLink room={state.room} isSmall />
        <button type="button" class="quiet" onClick={() => actions.leave()} title="Leave the room" aria-label="Leave the room">
          <Icon name="leave" />
          <span class="wide-only">Leave</span>
        </button>
      </header>
      <Banner isOnline={state.isOnline} />
      <main class="body">
        <PeopleList state={state} actions={actions} />
        <TalkView key={state.open} state={state} actions={actions} />
      </main>
    </div>
  );
}
