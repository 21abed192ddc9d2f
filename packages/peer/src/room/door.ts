import type { Metadata } from "@peerloom/protocol";
import type { PairSignal, Received, SignalPair } from "@peerloom/signaling";
import type { Pair } from "../pair/pair.ts";
import { refusalOf } from "../pair/refusal.ts";
import { Guests, type Guest } from "./guests.ts";

/** Says who may be connected, before anything of this peer is told; what is thrown counts as no. */
export type Verify = (remote: { readonly id: string; readonly metadata: Metadata | undefined }) => boolean | Promise<boolean>;

/** How the pair with somebody who is let in begins. */
export type Begin = (pair: Pair) => void;

export interface DoorOptions {
  readonly verify: Verify | undefined;
  /** Milliseconds in which a guest is let in, or forgotten. */
  readonly timeoutMs: number;
  readonly hooks: DoorHooks;
}

/** What a door needs of its room, and tells it. None of these may throw. */
interface DoorHooks {
  /** Resolves once it is on its way. */
  say(session: SignalPair, signal: PairSignal): Promise<void>;
  ownMetadata(): { readonly metadata?: Metadata };
  /** The guest is welcome: whoever lets it in calls `admit`. */
  welcome(guest: Guest, begin: Begin): void;
  error(error: unknown): void;
}

/** Where those wait who are not in the room yet: it asks each who it is, and the application whether it may come in. */
export class Door {
  readonly #verify: Verify | undefined;
  readonly #hooks: DoorHooks;
  readonly #guests: Guests;

  constructor({ verify, timeoutMs, hooks }: DoorOptions) {
    this.#verify = verify;
    this.#hooks = hooks;
    this.#guests = new Guests({ max: 256, timeoutMs });
  }

  get(id: string): Guest | undefined {
    return this.#guests.get(id);
  }

  /** Opens to a newcomer of whom all is known. */
  open(session: SignalPair, metadata: Metadata | undefined): void {
    const guest = this.#add(session, "judged", metadata);
    if (guest !== undefined) this.#judge(guest, (pair) => pair.open(session), true);
  }

  /** Asks somebody who it is, before anything of this peer is told. */
  greet(session: SignalPair): void {
    if (this.#add(session, "greeted") !== undefined) void this.#hooks.say(session, { type: "greet" });
  }

  /** Somebody opened a session with what it said first. */
  knocked(session: SignalPair, signal: PairSignal): void {
    if (signal.type === "greet") {
      if (this.#add(session, "introduced") !== undefined)
        void this.#hooks.say(session, { type: "introduce", ...this.#hooks.ownMetadata() });
    } else if (signal.type === "offer") {
      const guest = this.#add(session, "judged", signal.metadata);
      if (guest !== undefined) this.#judge(guest, (pair) => pair.accept(session, signal), false);
    } else {
      if (signal.type === "refuse") this.#hooks.error(refusalOf(session.id, signal));
      session.close();
    }
  }

  /** A guest said something in its session. */
  heard(guest: Guest, received: Received): void {
    const { signal } = received;
    if (guest.at === "judged") return this.#guests.hold(guest, received);
    if (guest.at === "greeted" && signal.type === "introduce") {
      guest.metadata = signal.metadata;
      return this.#judge(guest, (pair) => pair.open(guest.session), true);
    }
    if (guest.at === "introduced" && signal.type === "offer") {
      guest.metadata = signal.metadata;
      return this.#judge(guest, (pair) => pair.accept(guest.session, signal), false);
    }
    if (signal.type === "refuse") {
      this.#hooks.error(refusalOf(guest.id, signal));
      this.#guests.drop(guest.id);
    }
  }

  /** Lets a guest in: its session lives on. Returns false when it has gone meanwhile. */
  admit(guest: Guest): boolean {
    return this.#guests.promote(guest);
  }

  /** Says why somebody does not come in. */
  refuse(session: SignalPair, code: string, message: string): void {
    void this.#hooks.say(session, { type: "refuse", code, message }).then(() => session.close());
  }

  drop(id: string): void {
    this.#guests.drop(id);
  }

  clear(): void {
    this.#guests.clear();
  }

  #add(session: SignalPair, at: Guest["at"], metadata?: Metadata): Guest | undefined {
    return this.#guests.add({ id: session.id, instance: session.instance, session, metadata, at });
  }

  /** Asks the application. A member says nothing to a newcomer that it refuses: it stays unseen. */
  #judge(guest: Guest, begin: Begin, isNewcomer: boolean): void {
    guest.at = "judged";
    const verify = this.#verify;
    if (verify === undefined) return this.#hooks.welcome(guest, begin);
    const { id, metadata } = guest;
    new Promise<boolean>((resolve) => resolve(verify({ id, metadata }))).then(
      (isWelcome) => {
        if (isWelcome === true) return this.#hooks.welcome(guest, begin);
        if (isNewcomer) return this.#guests.get(id) === guest ? this.#guests.drop(id) : undefined;
        return this.#guests.promote(guest) ? this.refuse(guest.session, "FORBIDDEN", "this peer does not connect to it") : undefined;
      },
      (error: unknown) => {
        this.#hooks.error(error);
        if (this.#guests.get(id) === guest) this.#guests.drop(id);
      },
    );
  }
}
