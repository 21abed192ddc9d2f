/** A listener in an `on…` attribute; each attribute has another event. */
type Handler = ((event: never) => unknown) | null;

/** An `EventTarget` that also has an attribute `on<name>` for each of its events. */
export type WithHandlers<Name extends string> = EventTarget & { [K in Name as `on${K}`]: Handler };

/** Makes the base class of an object of WebRTC: the attribute's listener is called in its turn among those that were added. */
export function withHandlers<Name extends string>(names: readonly Name[]): new () => WithHandlers<Name> {
  class Target extends EventTarget {
    readonly handlers = new Map<string, { handler: Handler; listener: (event: Event) => void }>();
  }
  for (const name of names) {
    Object.defineProperty(Target.prototype, `on${name}`, {
      configurable: true,
      enumerable: true,
      get(this: Target): Handler {
        return this.handlers.get(name)?.handler ?? null;
      },
      set(this: Target, value: unknown) {
        const handler = typeof value === "function" ? (value as Handler) : null;
        const before = this.handlers.get(name);
        if (before && handler) {
          before.handler = handler;
          return;
        }
        if (before) this.removeEventListener(name, before.listener);
        this.handlers.delete(name);
        if (!handler) return;
        const entry = { handler, listener: (event: Event): unknown => entry.handler?.call(this, event as never) };
        this.handlers.set(name, entry);
        this.addEventListener(name, entry.listener);
      },
    });
  }
  return Target as unknown as new () => WithHandlers<Name>;
}

/** An event with the properties of W3C's event of that name. */
export function eventWith<T extends object>(type: string, properties: T): Event & T {
  return Object.assign(new Event(type), properties);
}
