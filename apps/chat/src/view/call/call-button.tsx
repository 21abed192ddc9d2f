import type { JSX } from "preact";
import { IconButton } from "../icon-button.tsx";
import { Icon } from "../icon.tsx";
import { useCell, useShell } from "../shell.ts";

/** Enters the room's call, or leaves it. */
export function CallButton(): JSX.Element {
  const { call } = useShell();
  const { at } = useCell(call.state);
  if (at === "in") return <IconButton icon="hang-up" label="Leave the call" class="danger" onClick={() => void call.leave()} />;
  return (
    <button
      type="button"
      class="quiet"
      disabled={at === "entering"}
      aria-label="Call"
      title="Call everybody in the room"
      onClick={() => void call.enter()}
    >
      <Icon name="camera" />
      <span class="wide-only">{at === "entering" ? "Calling…" : "Call"}</span>
    </button>
  );
}
