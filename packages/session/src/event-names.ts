import { checkEventName } from "@peerloom/protocol";

const maxNames = 1024;

/** Checks event names and quotes them for frames, once each: programs use few names and many messages. */
export class EventNames {
  readonly #quoted = new Map<string, string>();

  /** The JSON of a valid event name. @throws TypeError when it is none. */
  quote(event: string): string {
    const known = this.#quoted.get(event);
    if (known !== undefined) return known;
    const quoted = JSON.stringify(checkEventName(event));
    if (this.#quoted.size >= maxNames) this.#quoted.clear();
    this.#quoted.set(event, quoted);
    return quoted;
  }
}
