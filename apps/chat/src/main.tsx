import { hashOfRoom, roomOfHash } from "@peerloom/app-chat-wire";
import { render } from "preact";
import { createActions } from "./actions.ts";
import { unreadCount } from "./model/people.ts";
import type { State } from "./model/state.ts";
import { createNet } from "./net.ts";
import { Memory } from "./storage.ts";
import { createStore } from "./store.ts";
import { App } from "./view/app.tsx";
import "./style.css";

/** How long what changed may wait to be remembered, in milliseconds. */
const keepDelayMs = 300;

start(document.getElementById("app") as HTMLElement);

function start(root: HTMLElement): void {
  const memory = new Memory({ device: () => localStorage, tab: () => sessionStorage });
  const initial: State = { at: "door", name: memory.name(), room: roomOfHash(location.hash) };
  const net = createNet({
    url: location.origin,
    tell: (input) => {
      store.tell(input);
      if (input.type === "joined") look();
    },
    kept: (id, room) => memory.kept(id, room),
    now: Date.now,
    makeId,
  });
  const store = createStore({ initial, run: (effect) => net.run(effect), changed: () => schedule() });
  const actions = createActions((input) => store.tell(input), { now: Date.now, makeId });

  // Many changes may come in one turn; one drawing is enough.
  let isScheduled = false;
  const schedule = (): void => {
    if (isScheduled) return;
    isScheduled = true;
    queueMicrotask(draw);
  };
  const draw = (): void => {
    isScheduled = false;
    const { state } = store;
    render(<App state={state} actions={actions} />, root);
    document.title = titleOf(state);
    if (state.at !== "door") showInAddress(state.room);
    keepTimer ??= setTimeout(keep, keepDelayMs);
  };

  let keepTimer: ReturnType<typeof setTimeout> | undefined;
  const keep = (): void => {
    clearTimeout(keepTimer);
    keepTimer = undefined;
    memory.keep(store.state);
  };

  const look = (): void => store.tell({ type: "look", isLooking: !document.hidden });
  document.addEventListener("visibilitychange", look);
  addEventListener("hashchange", () => store.tell({ type: "link", room: roomOfHash(location.hash) }));
  // A page that is left for good says so, and is not waited for; one that is only put aside may come back.
  addEventListener("pagehide", ({ persisted }) => {
    keep();
    if (!persisted) net.run({ do: "disconnect" });
  });

  const stay = memory.stay(location.hash);
  draw();
  if (stay !== undefined) store.tell({ type: "join", ...stay, isReturn: true });
}

function titleOf(state: State): string {
  if (state.at !== "room") return "Peerloom chat";
  const unread = unreadCount(state);
  return `${unread > 0 ? `(${unread}) ` : ""}# ${state.room} · Peerloom`;
}

/** Random enough to be the only one; also on pages that do not come over https. */
function makeId(): string {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** So that the address is the room's link, and a reload comes back here. */
function showInAddress(room: string): void {
  if (location.hash === "" || roomOfHash(location.hash) !== room) history.replaceState(null, "", hashOfRoom(room));
}
