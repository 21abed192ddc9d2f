import { hashOfRoom, roomOfHash } from "@peerloom/app-chat-wire";
import { render } from "preact";
import { createActions } from "./actions.ts";
import { Call } from "./call/call.ts";
import { createDrawing } from "./drawing.ts";
import { talkWith } from "./model/delivery.ts";
import { unreadCount } from "./model/people.ts";
import { pageOf } from "./model/recall.ts";
import { ROOM, type State } from "./model/state.ts";
import { emptyTalk } from "./model/talk.ts";
import { Fetches } from "./net/fetches.ts";
import { createNet } from "./net/net.ts";
import { Offers } from "./net/offers.ts";
import { Qualities } from "./net/qualities.ts";
import { ServicesPanel } from "./samples/panel.ts";
import { Memory } from "./storage.ts";
import { createStore } from "./store.ts";
import { App } from "./view/app.tsx";
import type { Shell } from "./view/shell.ts";
import "./style/index.css";

/** How long what changed may wait to be remembered, in milliseconds. */
const keepDelayMs = 300;

start(document.getElementById("app") as HTMLElement);

function start(root: HTMLElement): void {
  const memory = new Memory({ device: () => localStorage, tab: () => sessionStorage });
  const initial: State = { at: "door", name: memory.name(), room: roomOfHash(location.hash) };
  const nameOf = (id: string): string => (store.state.at === "room" ? (store.state.people.get(id)?.name ?? id) : id);
  const offers = new Offers(nameOf);
  const fetches = new Fetches(nameOf);
  const qualities = new Qualities(() => (store.state.at === "room" ? store.state.open : ROOM));
  const call = new Call((callId) => net.setCallId(callId));
  const services = new ServicesPanel();
  const net = createNet({
    url: location.origin,
    tell: (input) => {
      drawing.relax(() => store.tell(input));
      if (input.type === "joined") look();
    },
    kept: (id, room) => memory.kept(id, room),
    remember: (request) => pageOf(store.state.at === "room" ? talkWith(store.state, ROOM) : emptyTalk, request),
    attachments: [offers.attach, fetches.attach, qualities.attach, call.attach, services.attach],
    now: Date.now,
    makeId,
  });
  const store = createStore({ initial, run: (effect) => net.run(effect), changed: () => drawing.ask() });
  const actions = createActions((input) => store.tell(input), {
    now: Date.now,
    makeId,
    offer: (id, talk, file) => offers.add(id, talk, file),
  });
  const shell: Shell = { actions, offers, fetches, qualities, call, services };

  const drawing = createDrawing(() => {
    const { state } = store;
    render(<App state={state} shell={shell} />, root);
    document.title = titleOf(state);
    if (state.at !== "door") showInAddress(state.room);
    keepTimer ??= setTimeout(keep, keepDelayMs);
  });

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
  // A file that misses the conversation must not replace the page.
  for (const type of ["dragover", "drop"]) addEventListener(type, (event) => event.preventDefault());

  const stay = memory.stay(location.hash);
  drawing.now();
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
