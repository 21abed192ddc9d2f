import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { hashOfRoom } from "../model/names.ts";
import { Icon } from "./icon.tsx";

const shownMs = 2500;

/** Copies the link that leads others to this room. */
export function CopyLink({ room }: { readonly room: string }): JSX.Element {
  const [outcome, setOutcome] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setOutcome(""), shownMs);
    return () => clearTimeout(timer);
  }, [outcome]);

  const copy = async (): Promise<void> => {
    const link = new URL(hashOfRoom(room), location.href).href;
    try {
      await navigator.clipboard.writeText(link);
      setOutcome("Link copied");
    } catch {
      // Pages that do not come over https may not use the clipboard.
      setOutcome("Copy it from the address bar");
    }
  };

  return (
    <button
      class="quiet"
      type="button"
      onClick={() => void copy()}
      aria-label="Copy the link to this room"
      title="Copy the link to this room"
    >
      <Icon name="link" />
      <span role="status" class={outcome === "" ? "wide-only" : ""}>
        {outcome || "Copy link"}
      </span>
    </button>
  );
}
