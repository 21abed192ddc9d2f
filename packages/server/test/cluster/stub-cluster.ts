import { decodeFrames, encodeFrame } from "../../src/cluster/frames.ts";
import type { ClaimVerdict, Cluster, ClusterEvents } from "../../src/index.ts";

/** A message that the relay has sent: its head says from whom, and which broadcast it is. */
interface Sent {
  readonly node: string | undefined;
  readonly envelope: unknown;
  readonly heads: readonly unknown[];
}

/** A cluster whose other nodes are played by the test. */
export class StubCluster implements Cluster {
  readonly sent: Sent[] = [];
  readonly noted: string[] = [];
  verdict: ClaimVerdict = { isGranted: true, fence: 10, wasElsewhere: false };
  isFull = false;
  isClosed = false;
  #events: ClusterEvents | undefined;
  readonly #numbers = new Map<string, number>();

  start(events: ClusterEvents): void {
    this.#events = events;
  }

  get events(): ClusterEvents {
    if (this.#events === undefined) throw new Error("the relay has not started its cluster");
    return this.#events;
  }

  /** The relay gets the place "me". */
  join(...others: string[]): void {
    this.events.joined({ node: "me", others, fence: 1, lost: [] });
  }

  /** Another node tells all, in its next broadcast, or in one of another number. */
  tell(node: string, messages: readonly object[], number: number = this.#numbers.get(node) ?? 0): void {
    this.#numbers.set(node, number + 1);
    this.#receive([node, number], messages);
  }

  /** Another node tells the relay alone. */
  say(node: string, ...messages: readonly object[]): void {
    this.#receive([node], messages);
  }

  /** The messages of this type that the relay has sent. */
  told(type: string): readonly object[] {
    const heads = this.sent.flatMap((message) => message.heads) as readonly { readonly type?: string }[];
    return heads.filter((head) => head.type === type || (Array.isArray(head) && head[0] === type));
  }

  claim(): Promise<ClaimVerdict> {
    return Promise.resolve(this.verdict);
  }

  note({ id, state }: { readonly id: string; readonly state: string }): void {
    this.noted.push(`${id} ${state}`);
  }

  send(node: string, message: readonly Uint8Array[]): boolean {
    return this.#keep(node, message);
  }

  broadcast(message: readonly Uint8Array[]): boolean {
    return this.#keep(undefined, message);
  }

  sync(): Promise<void> {
    return Promise.resolve();
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }

  #keep(node: string | undefined, message: readonly Uint8Array[]): boolean {
    const [envelope, ...frames] = decodeFrames(Buffer.concat(message)) ?? [];
    this.sent.push({ node, envelope: envelope?.head, heads: frames.map(({ head }) => head) });
    return true;
  }

  #receive(envelope: readonly unknown[], messages: readonly object[]): void {
    const frames = [envelope, ...messages].map((head) => encodeFrame(JSON.stringify(head)));
    this.events.message(Buffer.concat(frames.flat()));
  }
}
