import { randomUUID } from "node:crypto";
import { fromHome } from "./files/home.ts";
import { Shares } from "./files/shares.ts";
import { complete } from "./model/complete.ts";
import type { Effect, Input, State } from "./model/state.ts";
import { startState, step } from "./model/step.ts";
import { Calls } from "./net/calls.ts";
import { messageOf, type Chat } from "./net/chat.ts";
import { Fetches } from "./net/fetches.ts";
import { openChat } from "./open-chat.ts";
import type { ChatSettings } from "./options.ts";
import { clean } from "./view/clean.ts";
import type { Paint } from "./view/paint.ts";
import { progress } from "./view/progress.ts";
import { render } from "./view/render.ts";
import type { Screen } from "./view/screen.ts";

export interface TalkOptions {
  readonly paint: Paint;
  /** Ends it. */
  readonly signal: AbortSignal;
  readonly makeScreen: (complete: (line: string) => [string[], string]) => Screen;
}

/** Everything that a conversation needs; made once the relay has let us in. */
interface Parts {
  readonly chat: Chat;
  readonly calls: Calls;
  readonly fetches: Fetches;
  readonly shares: Shares;
}

/** Talks until the input ends or `/quit`. @throws PeerloomError like `connect` and `join`. */
export async function runTalk(settings: ChatSettings, { paint, signal, makeScreen }: TalkOptions): Promise<void> {
  const early: Input[] = [];
  let dispatch = (input: Input): void => void early.push(input);
  const { chat, name } = await openChat(settings, (input) => dispatch(input));
  let state: State = startState(chat.client.id, name, settings.room);
  const screen = makeScreen((line) => complete(state, line));
  const tell = (input: Input): void => dispatch(input);
  const parts: Parts = {
    chat,
    calls: new Calls({ client: chat.client, tell: (lines) => tell({ type: "answer", lines }) }),
    fetches: new Fetches({ client: chat.client, tell }),
    shares: new Shares(chat.client, { onTaken: (by, file) => tell({ type: "taken", by, file }) }),
  };
  const quit = new AbortController();
  const run = (effect: Effect): void => {
    if (effect.do === "show") screen.show(render(effect.what, { paint, isRoomNamed: state.rooms.size > 1 }));
    else if (effect.do === "quit") quit.abort();
    else runEffect(parts, effect, tell);
  };
  dispatch = (input) => {
    const [next, effects] = step(state, input);
    state = next;
    for (const effect of effects) run(effect);
    screen.setPrompt(promptOf(state));
  };
  let failure: Error | undefined;
  chat.client.on("closed", ({ error }) => {
    failure = error;
    quit.abort();
  });
  quit.signal.addEventListener("abort", () => screen.close(), { once: true });
  signal.addEventListener("abort", () => quit.abort(), { once: true });
  try {
    for (const input of early) tell(input);
    await chat.join(settings.room);
    for await (const text of screen.lines()) {
      tell({ type: "typed", text, id: randomUUID(), time: Date.now() });
      if (quit.signal.aborted) break;
    }
    // From here on only what fails is of interest.
    const last = dispatch;
    dispatch = (input) => {
      if (input.type === "problem") last(input);
    };
    parts.fetches.close();
    if (chat.client.state === "online") await chat.flushed();
  } finally {
    screen.close();
    await chat.close();
  }
  if (failure !== undefined) throw failure;
}

/** Does what the model asks for; what fails is told in words. */
function runEffect(
  { chat, calls, fetches, shares }: Parts,
  effect: Exclude<Effect, { do: "show" | "quit" }>,
  tell: (input: Input) => void,
): void {
  const attempt = (work: Promise<unknown>): void =>
    void work.catch((thrown: unknown) => tell({ type: "problem", text: messageOf(thrown) }));
  switch (effect.do) {
    case "say":
      return chat.say(effect.place, effect.line);
    case "join":
      return attempt(chat.join(effect.room));
    case "leave":
      return attempt(chat.leave(effect.room));
    case "status":
      return attempt(chat.setStatus(effect.status));
    case "share":
      return attempt(share(chat, shares, effect, tell));
    case "fetch":
      return fetches.start(effect.offer);
    case "cancel":
      return fetches.cancel(effect.number);
    case "services":
      return attempt(calls.list());
    case "call":
      return attempt(calls.call(effect.service, effect.method, effect.args));
    case "subscribe":
      return attempt(effect.isOn ? calls.subscribe(effect.service, effect.topic) : calls.unsubscribe(effect.service, effect.topic));
  }
}

/** Offers a file by a line that names it. */
async function share(
  chat: Chat,
  shares: Shares,
  { place, path, id, time }: Extract<Effect, { do: "share" }>,
  tell: (input: Input) => void,
): Promise<void> {
  const mayFetch = (from: string): boolean =>
    place.kind === "person" ? from === place.id : chat.rooms.get(place.room)?.members.has(from) === true;
  const file = await shares.add(fromHome(path), id, mayFetch);
  chat.say(place, { id, text: "", time, name: chat.name, file });
  tell({ type: "shared", place, file });
}

function promptOf(state: State): string {
  const where = state.place.kind === "room" ? `#${state.place.room}` : `@${state.people.get(state.place.id)?.name ?? state.place.id}`;
  const running = progress(state.offers);
  return clean(`${running === "" ? "" : `${running} · `}${state.isOnline ? "" : "(offline) "}${where}> `);
}
