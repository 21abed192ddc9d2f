import type { Said } from "../src/model/line.ts";
import type { Effect, InRoom, Input, State } from "../src/model/state.ts";
import { step } from "../src/model/step.ts";

/** The model without a browser: takes inputs and gathers what they cause. */
export class Page {
  state: State;
  effects: Effect[] = [];

  constructor(state: State = { at: "door", name: "", room: "lobby" }) {
    this.state = state;
  }

  tell(...inputs: readonly Input[]): this {
    for (const input of inputs) {
      const [state, effects] = step(this.state, input);
      this.state = state;
      this.effects.push(...effects);
    }
    return this;
  }

  /** The effects since the last time. */
  takeEffects(): Effect[] {
    const { effects } = this;
    this.effects = [];
    return effects;
  }

  get room(): InRoom {
    if (this.state.at !== "room") throw new Error(`at ${this.state.at}, not in a room`);
    return this.state;
  }

  /** The lines of a conversation, as `author: text (delivery)`. */
  lines(talk: string): string[] {
    const said = (this.room.talks.get(talk)?.entries ?? []).filter((entry): entry is Said => entry.kind === "said");
    return said.map(({ name, text, delivery }) => (delivery === undefined ? `${name}: ${text}` : `${text} (${delivery.at})`));
  }

  /** What happened in the room. */
  notes(): string[] {
    return (this.room.talks.get("")?.entries ?? []).flatMap((entry) => (entry.kind === "note" ? [`${entry.name} ${entry.note}`] : []));
  }
}

/** Ada in the lobby, with Bob. */
export function adaWithBob(): Page {
  const page = new Page();
  page.tell({ type: "join", name: "Ada", room: "lobby" });
  page.tell({ type: "joined", id: "ada", members: [{ id: "bob", name: "Bob", presence: "here" }], kept: undefined });
  page.takeEffects();
  return page;
}

export const say = (talk: string, id: string): Input => ({ type: "say", talk, id, text: `line ${id}`, time: 0 });
export const heard = (talk: string, from: string, id: string): Input => ({
  type: "heard",
  talk,
  from,
  line: { id, text: `line ${id}`, time: 0, name: "" },
});
export const bob = (presence: "here" | "away", change: "join" | "update" = "update"): Input => ({
  type: "member",
  change,
  member: { id: "bob", name: "Bob", presence },
  noteId: `bob ${change}`,
  time: 0,
});
export const bobLeft: Input = { type: "member-left", id: "bob", noteId: "bob left", time: 0 };
export const online: Input = { type: "connection", isOnline: true };
export const offline: Input = { type: "connection", isOnline: false };
