import type { JSX } from "preact";
import type { Actions } from "../actions.ts";
import type { State } from "../model/state.ts";
import { Door } from "./door.tsx";
import { Room } from "./room.tsx";

export function App({ state, actions }: { readonly state: State; readonly actions: Actions }): JSX.Element {
  return state.at === "room" ? <Room state={state} actions={actions} /> : <Door state={state} actions={actions} />;
}
