import type { ComponentChildren, JSX } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Actions } from "../actions.ts";
import { groupEntries } from "../model/groups.ts";
import type { Entry } from "../model/line.ts";
import { Icon } from "./icon.tsx";
import { GroupView } from "./lines.tsx";
import { dayKey } from "./times.ts";

export interface LogProps {
  readonly label: string;
  readonly talk: string;
  readonly entries: readonly Entry[];
  /** Shown while nothing has been said. */
  readonly empty: ComponentChildren;
  readonly actions: Actions;
}

/** Within this distance of the end, new lines scroll into view. */
const nearPixels = 48;

/** The lines of one conversation. Follows new ones while its end is in view; else it says that there are some. */
export function Log({ label, talk, entries, empty, actions }: LogProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const seen = useRef(entries.at(-1));
  const [hasNews, setHasNews] = useState(false);

  const toEnd = (): void => {
    box.current?.scrollTo({ top: box.current.scrollHeight });
    isAtEnd.current = true;
    setHasNews(false);
  };

  useLayoutEffect(() => {
    const last = entries.at(-1);
    const isNew = last !== undefined && last !== seen.current && last.id !== seen.current?.id;
    const isMine = last?.kind === "said" && last.delivery !== undefined;
    seen.current = last;
    if (isAtEnd.current || (isNew && isMine)) toEnd();
    else if (isNew && last.kind === "said") setHasNews(true);
  }, [entries]);

  // The box shrinks when a keyboard opens, and grows with the page: its end stays in view.
  useEffect(() => {
    if (box.current === null) return undefined;
    const observer = new ResizeObserver(() => {
      if (isAtEnd.current) toEnd();
    });
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);

  const onScroll = (): void => {
    if (box.current === null) return;
    const { scrollHeight, scrollTop, clientHeight } = box.current;
    isAtEnd.current = scrollHeight - scrollTop - clientHeight < nearPixels;
    if (isAtEnd.current) setHasNews(false);
  };

  const groups = useMemo(() => {
    const today = dayKey(Date.now());
    return groupEntries(entries, dayKey, today).map((group) => <GroupView key={group.key} group={group} talk={talk} actions={actions} />);
  }, [entries, talk, actions]);

  return (
    <div class="log-frame">
      <div
        class="log"
        ref={box}
        onScroll={onScroll}
        tabIndex={0}
        role="log"
        aria-label={label}
        aria-live="polite"
        aria-relevant="additions"
      >
        {entries.length === 0 ? <div class="empty">{empty}</div> : <div class="column">{groups}</div>}
      </div>
      {hasNews && (
        <button type="button" class="news" onClick={toEnd}>
          <Icon name="down" /> New messages
        </button>
      )}
    </div>
  );
}
