export interface PlatformHooks {
  /** The machine has a network again. */
  readonly online: () => void;
  /** The page goes, and there is no time left. */
  readonly hidden: () => void;
}

/** Listens to what a browser tells of its network and its page; nothing elsewhere. Returns what stops it. */
export function watchPlatform({ online, hidden }: PlatformHooks): () => void {
  const target = globalThis as {
    addEventListener?: EventTarget["addEventListener"];
    removeEventListener?: EventTarget["removeEventListener"];
  };
  // A page that may come back keeps its connections.
  const gone = (event: Event): void => {
    if (!("persisted" in event && event.persisted === true)) hidden();
  };
  target.addEventListener?.("online", online);
  target.addEventListener?.("pagehide", gone);
  return () => {
    target.removeEventListener?.("online", online);
    target.removeEventListener?.("pagehide", gone);
  };
}
