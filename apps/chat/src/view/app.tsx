import type { JSX } from "preact";
import type { State } from "../model/state.ts";
import { Door } from "./door.tsx";
import { Room } from "./room.tsx";
import { ShellContext, type Shell } from "./shell.ts";

export function App({ state, shell }: { readonly state: State; readonly shell: Shell }): JSX.Element {
  return (
    <ShellContext.Provider value={shell}>
      {state.at === "room" ? <Room state={state} /> : <Door state={state} actions={shell.actions} />}
    </ShellContext.Provider>
  );
}
