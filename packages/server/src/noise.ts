/** Messages a minute that come to nothing before a connection is closed. What has arrived but was not looked at yet counts too, so there is room. */
const maxPerMinute = 50_000;
const minuteMs = 60_000;

/**
 * Counts the messages of a connection that never become an event: acknowledgements nobody waits for, packets for other namespaces.
 * socket.io drops them without a word. Only for connections on which nothing but the relay is served.
 */
export class Noise {
  #unexplained = 0;
  #since: number;

  constructor(now: number) {
    this.#since = now;
  }

  /** A message has arrived, or something that weighs as much as some. @returns false when there were too many that came to nothing. */
  arrived(now: () => number, weight: number = 1): boolean {
    this.#unexplained += weight;
    if (this.#unexplained <= maxPerMinute) return true;
    const at = now();
    if (at - this.#since < minuteMs) return false;
    this.#since = at;
    this.#unexplained = 0;
    return true;
  }

  /** So many messages were an event. */
  explain(messages: number): void {
    this.#unexplained -= messages;
  }
}
