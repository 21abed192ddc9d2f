import { hashOfRoom } from "@peerloom/app-chat-wire";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Icon } from "./icon.tsx";

const shownMs = 2500;

/** Copies the link that leads others to this room. */
export function CopyLink({ room, isSmall = false }: { readonly room: string; readonly isSmall?: boolean }): JSX.Element {
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
    <>
      <button
        class={isSmall ? "quiet" : ""}
        type="button"
        onClick={() => void copy()}
        aria-label="Copy link"
        title="Copy the link to this room"
      >
        <Icon name={outcome === "Link copied" ? "check" : "link"} />
        {(!isSmall || outcome !== "") && <span>{outcome || "Copy link"}</span>}
      </button>
      <span class="unseen" role="status">
        {outcome}
      </span>
    </>
  );
}
