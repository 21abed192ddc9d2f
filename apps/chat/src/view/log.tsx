import type { ComponentChildren, JSX, TargetedKeyboardEvent } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { cut, type Chunk } from "../model/chunks.ts";
import { keyOfEntry, type Entry } from "../model/line.ts";
import { ChunkView } from "./chunk-view.tsx";
import { Icon } from "./icon.tsx";
import type { TalkContext } from "./lines.tsx";
import { Nearness } from "./nearness.ts";

export interface LogProps {
  readonly label: string;
  readonly entries: readonly Entry[];
  readonly context: TalkContext;
  /** Shown while nothing has been said. */
  readonly empty: ComponentChildren;
  /** Shown above the first line. */
  readonly top: ComponentChildren;
}

type Shape = Pick<Element, "scrollHeight" | "clientHeight" | "scrollTop">;

/** Within this distance of the end, new lines scroll into view. */
const nearPixels = 48;
/** So many chunks at the end are drawn at once. */
const drawnAtOnce = 2;

/** The lines of one conversation. Follows new ones while its end is in view; else it says that there are some. */
export function Log({ label, entries, context, empty, top }: LogProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const column = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  /** How the box was when its end was last brought into view. */
  const ended = useRef<Shape>({ scrollHeight: 0, clientHeight: 0, scrollTop: 0 });
  /** Pixels between what is in view and the end. */
  const below = useRef(0);
  const seen = useRef<{ readonly first: Entry | undefined; readonly last: Entry | undefined }>({ first: entries[0], last: entries.at(-1) });
  const known = useRef<readonly Chunk[]>([]);
  const [nearness] = useState(() => new Nearness());
  const [hasNews, setHasNews] = useState(false);
  const [said, setSaid] = useState("");

  const toEnd = (): void => {
    if (box.current === null) return;
    box.current.scrollTo({ top: box.current.scrollHeight, behavior: "instant" });
    const { scrollHeight, clientHeight, scrollTop } = box.current;
    ended.current = { scrollHeight, clientHeight, scrollTop };
    isAtEnd.current = true;
    setHasNews(false);
  };

  const look = (): void => {
    if (box.current === null) return;
    const { scrollHeight, scrollTop, clientHeight } = box.current;
    below.current = scrollHeight - scrollTop - clientHeight;
    isAtEnd.current = below.current < nearPixels;
    if (isAtEnd.current) setHasNews(false);
  };

  /** Stays at the end, unless somebody has scrolled: the event that tells of it may be yet to come. */
  const follow = (): void => {
    if (box.current === null) return;
    const moved = ended.current.scrollTop - box.current.scrollTop;
    if (moved > changeOf(ended.current, box.current) + nearPixels) look();
    else toEnd();
  };

  useLayoutEffect(() => {
    const [first, last] = [entries[0], entries.at(-1)];
    const isNew =
      last !== undefined && last !== seen.current.last && (!seen.current.last || keyOfEntry(last) !== keyOfEntry(seen.current.last));
    const isMine = last?.kind === "said" && last.from === context.me;
    const isLonger = first !== undefined && seen.current.first !== undefined && keyOfEntry(first) !== keyOfEntry(seen.current.first);
    seen.current = { first, last };
    if (isNew && last.kind === "said" && !isMine) setSaid(`${last.name}: ${last.text || (last.file?.name ?? "")}`);
    if (isNew && isMine) toEnd();
    else if (isAtEnd.current) follow();
    if (isAtEnd.current) return;
    if (isNew && last.kind === "said") setHasNews(true);
    // Lines put before the first one move the others down: what is in view stays there.
    else if (isLonger && box.current !== null) box.current.scrollTop = box.current.scrollHeight - box.current.clientHeight - below.current;
  }, [entries, context]);

  // The box shrinks when a keyboard opens, and what is in it grows when a picture comes: its end stays in view.
  useEffect(() => {
    if (box.current === null) return undefined;
    nearness.start(box.current);
    const observer = new ResizeObserver(() => {
      if (isAtEnd.current) follow();
    });
    observer.observe(box.current);
    if (column.current !== null) observer.observe(column.current);
    return () => {
      observer.disconnect();
      nearness.stop();
    };
  }, [nearness]);

  const onScroll = (): void => {
    // The box, or what is in it, has another height now.
    if (isAtEnd.current && box.current !== null && changeOf(ended.current, box.current) > 0) follow();
    else look();
  };

  const chunks = useMemo(() => (known.current = cut(known.current, entries)), [entries]);

  return (
    <div class="log-frame">
      <div class="log" ref={box} onScroll={onScroll} onKeyDown={moveAmongLines} tabIndex={0} role="log" aria-label={label} aria-live="off">
        {entries.length === 0 && <div class="empty">{empty}</div>}
        <div class="column" ref={column}>
          {entries.length > 0 && top}
          {chunks.map((chunk, at) => (
            <ChunkView
              key={chunk.key}
              chunk={chunk}
              context={context}
              nearness={nearness}
              isFirstNear={at >= chunks.length - drawnAtOnce}
            />
          ))}
        </div>
      </div>
      <span class="unseen" aria-live="polite">
        {said}
      </span>
      {hasNews && (
        <button type="button" class="news" onClick={toEnd}>
          <Icon name="down" /> New messages
        </button>
      )}
    </div>
  );
}

/** By how much the heights differ: what is in view may have moved by that though nobody scrolled. */
function changeOf(before: Shape, now: Shape): number {
  return Math.abs(now.scrollHeight - before.scrollHeight) + Math.abs(now.clientHeight - before.clientHeight);
}

/** Up and down lead from line to line; Tab leads to what can be done with one. */
function moveAmongLines(event: TargetedKeyboardEvent<HTMLDivElement>): void {
  if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
  const lines = [...event.currentTarget.querySelectorAll<HTMLElement>(".line")];
  const at = lines.findIndex((line) => line.contains(document.activeElement));
  const next = at < 0 ? lines.at(-1) : lines[event.key === "ArrowUp" ? at - 1 : at + 1];
  if (next === undefined) return;
  event.preventDefault();
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}
