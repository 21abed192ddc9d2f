import { MemoryRelay } from "@peerloom/core/testing";
import { Endpoint, type EndpointOptions } from "@peerloom/session";

type Extra = Partial<Omit<EndpointOptions, "instance" | "transport">>;

/** A direct path in memory between two endpoints: in order, each packet in a task of its own, and all that is under way is lost with it. */
class DirectPath {
  readonly #ends: { readonly id: string; readonly endpoint: Endpoint }[] = [];
  #queue: (() => void)[] = [];
  #isScheduled = false;
  isUp = false;
  /** Loses what is sent without a word. */
  isBlack = false;
  /** Keeps what is sent. */
  isHeld = false;
  sent = 0;

  add(id: string, endpoint: Endpoint): void {
    this.#ends.push({ id, endpoint });
  }

  send(from: string, text: string, attachments: readonly Uint8Array[]): boolean {
    this.sent += 1;
    if (!this.isUp || this.isBlack) return true;
    const to = this.#ends.find(({ id }) => id !== from)?.endpoint;
    const copies = attachments.map((attachment) => new Uint8Array(attachment));
    this.#queue.push(() => to?.receive(from, text, copies, "direct"));
    this.#schedule();
    return true;
  }

  up(): void {
    this.isUp = true;
    for (const { id, endpoint } of this.#ends) endpoint.directUp(this.#other(id));
  }

  down(): void {
    this.isUp = false;
    this.#queue = [];
    for (const { id, endpoint } of this.#ends) endpoint.directDown(this.#other(id));
  }

  release(): void {
    this.isHeld = false;
    this.#schedule();
  }

  #other(id: string): string {
    return this.#ends.find((end) => end.id !== id)?.id ?? "";
  }

  #schedule(): void {
    if (this.#isScheduled || this.isHeld || this.#queue.length === 0) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      if (!this.isHeld) this.#queue.shift()?.();
      this.#schedule();
    });
  }
}

export interface TwoPaths extends AsyncDisposable {
  readonly relay: MemoryRelay;
  readonly direct: DirectPath;
  readonly alice: Endpoint;
  readonly bob: Endpoint;
}

/** Two endpoints with a relay between them, and a direct path that a test brings up. On disposal they must hold nothing. */
export function twoPaths(extra: Extra = {}): TwoPaths {
  const relay = new MemoryRelay(setImmediate);
  const direct = new DirectPath();
  const open = (id: string): Endpoint => {
    const inner = relay.transport(id);
    const endpoint = new Endpoint({
      instance: `${id}-instance`,
      transport: {
        ...inner,
        send: (to, serial, packet, path) =>
          path === "direct" ? direct.send(id, packet.text, packet.attachments) : inner.send(to, serial, packet, path),
      },
      ...extra,
    });
    relay.attach(id, endpoint.instance, endpoint);
    direct.add(id, endpoint);
    return endpoint;
  };
  const [alice, bob] = [open("alice"), open("bob")];
  return {
    relay,
    direct,
    alice,
    bob,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([alice.close(), bob.close()]);
      for (const { load } of [alice, bob])
        if (load.peers + load.requests + load.streams + load.bytes > 0) throw new Error(`an endpoint still holds ${JSON.stringify(load)}`);
    },
  };
}
