import type { Input, State } from "./model/state.ts";
import { step, startState } from "./model/step.ts";
import { messageOf } from "./net/chat.ts";
import { openChat } from "./open-chat.ts";
import type { ChatSettings } from "./options.ts";
import { plainly, type Paint } from "./view/paint.ts";
import { render } from "./view/render.ts";

export interface WatchOptions {
  readonly print: (text: string) => void;
  readonly paint?: Paint;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** Prints what is said in the room, and who comes and goes, until it is told to end. @throws PeerloomError like `connect` and `join`. */
export async function runWatch(settings: ChatSettings, { print, paint = plainly, signal }: WatchOptions): Promise<void> {
  let state: State = startState("", settings.name, settings.room);
  const tell = (input: Input): void => {
    const [next, effects] = step(state, input);
    state = next;
    for (const effect of effects) if (effect.do === "show") print(render(effect.what, { paint, isRoomNamed: false }));
  };
  const { chat } = await openChat(settings, tell);
  const over = new Promise<void>((resolve, reject) => {
    chat.client.on("closed", ({ error }) => (error === undefined ? resolve() : reject(new Error(messageOf(error)))));
    signal.addEventListener("abort", () => resolve(), { once: true });
    if (signal.aborted) resolve();
  });
  try {
    await chat.join(settings.room);
    await over;
  } finally {
    await chat.close();
  }
}
