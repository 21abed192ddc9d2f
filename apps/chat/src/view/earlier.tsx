import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { InRoom } from "../model/state.ts";
import { useShell } from "./shell.ts";

/** Stands above the first line: asks for earlier ones when it comes into view, or is pressed. */
export function Earlier({ earlier }: { readonly earlier: InRoom["earlier"] }): JSX.Element | null {
  const { actions } = useShell();
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (button.current === null) return undefined;
    const observer = new IntersectionObserver(([entry]) => {
      if (entry?.isIntersecting) actions.recall();
    });
    observer.observe(button.current);
    return () => observer.disconnect();
  }, [earlier, actions]);
  if (earlier === "none") return null;
  return (
    <p class="note">
      {earlier === "asking" ? (
        "Asking the others what was said before…"
      ) : (
        <button ref={button} type="button" class="small-button" onClick={() => actions.recall()}>
          Earlier messages
        </button>
      )}
    </p>
  );
}
