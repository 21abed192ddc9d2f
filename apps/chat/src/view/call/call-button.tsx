import type { JSX } from "preact";
import { Icon } from "../icon.tsx";
import { useCell, useShell } from "../shell.ts";

/** Enters the room's call; how to leave it stands in the call. */
export function CallButton(): JSX.Element | null {
  const { call } = useShell();
  const { at } = useCell(call.state);
  if (at === "in") return null;
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
