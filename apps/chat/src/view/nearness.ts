/** Tells elements of a scrolled box when they come near the part that is in view, and when they are far again. */
export class Nearness {
  readonly #listeners = new Map<Element, (isNear: boolean, height: number) => void>();
  #observer: IntersectionObserver | undefined;

  /** Begins to observe inside of this box. */
  start(root: Element): void {
    const told = (entries: IntersectionObserverEntry[]): void => {
      for (const { target, isIntersecting, boundingClientRect, rootBounds } of entries) {
        // While the whole box is hidden, nothing is far.
        if (isIntersecting || (rootBounds?.height ?? 0) > 0) this.#listeners.get(target)?.(isIntersecting, boundingClientRect.height);
      }
    };
    this.#observer = new IntersectionObserver(told, { root, rootMargin: "1000px 0px" });
    for (const element of this.#listeners.keys()) this.#observer.observe(element);
  }

  stop(): void {
    this.#observer?.disconnect();
    this.#observer = undefined;
  }

  watch(element: Element, listener: (isNear: boolean, height: number) => void): void {
    this.#listeners.set(element, listener);
    this.#observer?.observe(element);
  }

  unwatch(element: Element): void {
    this.#listeners.delete(element);
    this.#observer?.unobserve(element);
  }
}
