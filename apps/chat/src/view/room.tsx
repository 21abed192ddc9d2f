import type { JSX, TargetedKeyboardEvent } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { unreadCount, waitingCount } from "../model/people.ts";
import type { InRoom } from "../model/state.ts";
import { Banner } from "./banner.tsx";
import { CallButton } from "./call/call-button.tsx";
import { CallInvitation } from "./call/call-invitation.tsx";
import { Stage } from "./call/stage.tsx";
import { IconButton } from "./icon-button.tsx";
import { Icon } from "./icon.tsx";
import { PeopleList } from "./people-list.tsx";
import { ServicesView } from "./services/services-view.tsx";
import { useCell, useShell } from "./shell.ts";
import { TalkHead } from "./talk-head.tsx";
import { TalkView } from "./talk-view.tsx";

/** The page of somebody who is in a room. */
export function Room({ state }: { readonly state: InRoom }): JSX.Element {
  const { actions, services } = useShell();
  const { people, talks, open, isOnline, isListShown, status } = state;
  const listButton = useRef<HTMLButtonElement>(null);
  const servicesButton = useRef<HTMLButtonElement>(null);
  const areServicesOpen = useCell(services.isOpen);

  useEffect(() => {
    const wide = matchMedia("(min-width: 48rem)");
    const onChange = (): void => {
      if (wide.matches) actions.showList(false);
    };
    wide.addEventListener("change", onChange);
    return () => wide.removeEventListener("change", onChange);
  }, [actions]);

  const onKeyDown = (event: TargetedKeyboardEvent<HTMLDivElement>): void => {
    if (event.key !== "Escape") return;
    if (isListShown) {
      actions.showList(false);
      listButton.current?.focus();
    } else if (areServicesOpen) {
      services.setOpen(false);
      servicesButton.current?.focus();
    }
  };

  // What a key that is pressed does not change is not drawn again.
  const list = useMemo(() => <PeopleList state={state} />, [people, talks, open, isOnline, status]);
  const head = useMemo(() => <TalkHead state={state} />, [people, open]);
  const waiting = isOnline ? 0 : waitingCount(state);
  const count = useMemo(() => countHere(state), [people]);
  const unread = useMemo(() => unreadCount(state), [talks]);

  return (
    <div class={`room ${isListShown ? "list-shown" : ""} ${isOnline ? "" : "offline"}`} onKeyDown={onKeyDown}>
      {list}
      <main class="main">
        <header class="top">
          <button
            ref={listButton}
            type="button"
            class="quiet narrow-only"
            aria-expanded={isListShown}
            aria-controls="people"
            aria-label={`People, ${count} here${unread > 0 ? `, ${unread} unread` : ""}`}
            onClick={() => actions.showList(!isListShown)}
          >
            <Icon name="people" />
            {count}
            {unread > 0 && <span class="badge">{unread > 99 ? "99+" : unread}</span>}
          </button>
          {head}
          <CallButton />
          <IconButton
            icon="services"
            label="Services"
            buttonRef={servicesButton}
            isExpanded={areServicesOpen}
            onClick={() => services.setOpen(!areServicesOpen)}
          />
        </header>
        <Banner isOnline={isOnline} waiting={waiting} />
        <CallInvitation people={people} />
        <Stage me={state.me} people={people} />
        <TalkView key={open} state={state} />
      </main>
      {areServicesOpen && <ServicesView />}
    </div>
  );
}

function countHere({ people }: InRoom): number {
  return [...people.values()].filter(({ presence, about }) => presence !== "gone" && about === undefined).length + 1;
}
