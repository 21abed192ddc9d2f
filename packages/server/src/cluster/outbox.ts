import { encodeFrame } from "./frames.ts";

/** A message goes out when it has this many bytes, and in any case at the end of the turn. */
const maxMessageBytes = 65_536;

export interface OutboxOptions {
  /** Sends a message to one node; to all without `node`. The head says who sends, and, to all, the broadcast's number. */
  readonly send: (message: readonly Uint8Array[], node: string | undefined) => boolean;
  readonly guard: (run: () => void) => void;
}

interface Bundle {
  readonly node: string | undefined;
  readonly pieces: Uint8Array[];
  bytes: number;
}

/**
 * What one turn has for other nodes: as few messages as the order allows. To each node what is for it and what is for all arrives in the order in
 * which it was put in.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  /** This node's name and the number of its next broadcast; without one nothing is kept. */
  #self: string | undefined;
  #sent = 0;
  #bundles: Bundle[] = [];
  /** The bundles that may still be added to: those for single nodes, or the last one for all. */
  readonly #open = new Map<string | undefined, Bundle>();
  #isScheduled = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Broadcasts sent under the present name. */
  get sent(): number {
    return this.#sent;
  }

  /** Begins anew under this name; without one what is put in is dropped. */
  begin(self: string | undefined): void {
    this.#self = self;
    this.#sent = 0;
    this.#bundles = [];
    this.#open.clear();
  }

  push(node: string | undefined, frame: readonly Uint8Array[]): void {
    if (this.#self === undefined) return;
    const bundle = this.#bundleFor(node);
    for (const piece of frame) {
      bundle.pieces.push(piece);
      bundle.bytes += piece.length;
    }
    if (bundle.bytes >= maxMessageBytes) return this.flush();
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    // socket.io hands on each packet of a read in a tick of its own; all of them are queued before this one.
    process.nextTick(() => {
      this.#isScheduled = false;
      this.#options.guard(() => this.flush());
    });
  }

  flush(): void {
    const bundles = this.#bundles;
    if (bundles.length === 0) return;
    this.#bundles = [];
    this.#open.clear();
    for (const { node, pieces } of bundles) {
      if (this.#self === undefined) return;
      const head = JSON.stringify(node === undefined ? [this.#self, this.#sent++] : [this.#self]);
      this.#options.send([...encodeFrame(head), ...pieces], node);
    }
  }

  #bundleFor(node: string | undefined): Bundle {
    const known = this.#open.get(node);
    if (known !== undefined) return known;
    // What is for all may not overtake what is for one, nor be overtaken.
    if (node === undefined || this.#open.has(undefined)) this.#open.clear();
    const bundle: Bundle = { node, pieces: [], bytes: 0 };
    this.#open.set(node, bundle);
    this.#bundles.push(bundle);
    return bundle;
  }
}
