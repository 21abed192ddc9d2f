import type { JSX } from "preact";
import type { Person } from "../../model/state.ts";
import { useCell, useShell } from "../shell.ts";
import { Controls } from "./controls.tsx";
import { TileView } from "./tile-view.tsx";

export interface StageProps {
  readonly me: string;
  readonly people: ReadonlyMap<string, Person>;
}

/** The call: a tile for each camera and each screen, and what can be done. */
export function Stage({ me, people }: StageProps): JSX.Element | null {
  const { call } = useShell();
  const state = useCell(call.state);
  const speaking = useCell(call.speaking);
  if (state.at !== "in") return null;
  const { own, tiles } = state;
  const nameOf = (id: string): string => people.get(id)?.name ?? id;
  const screens = tiles.flatMap(({ id, screen }) => (screen === undefined ? [] : [{ id, screen }]));
  return (
    <section class="stage" aria-label="Call">
      <div class="tiles">
        {screens.map(({ id, screen }) => (
          <TileView key={`screen ${id}`} id={id} name={`${nameOf(id)}’s screen`} stream={screen} kind="screen" />
        ))}
        {own.screen !== undefined && <TileView key="own screen" id={me} name="Your screen" stream={own.screen} kind="own-screen" />}
        {tiles.map((tile) => (
          <TileView
            key={tile.id}
            id={tile.id}
            name={nameOf(tile.id)}
            stream={tile.camera}
            kind="camera"
            hasVideo={tile.hasVideo}
            isMuted={tile.isMuted}
            isSpeaking={speaking.has(tile.id)}
            state={tile.state}
          />
        ))}
        <TileView
          key="own"
          id={me}
          name="You"
          stream={own.camera}
          kind="own"
          hasVideo={own.isCameraOn}
          isMuted={own.microphone !== "on"}
          isSpeaking={own.microphone === "on" && speaking.has(me)}
        />
      </div>
      <Controls own={own} />
    </section>
  );
}
