import { cleanName, cleanRoom, idOfName, problemOfName } from "@peerloom/app-chat-wire";
import { abandon } from "./delivery.ts";
import { stepInRoom } from "./in-room.ts";
import { toPerson } from "./people.ts";
import {
  ROOM,
  type Effect,
  type Input,
  type InRoom,
  type Joining,
  type Kept,
  type ListedMember,
  type Person,
  type State,
  type Step,
} from "./state.ts";
import { inWords } from "./words.ts";

/** After a reload the relay may still see the page that was: the name is free in a moment. */
const maxReturnTries = 10;
const returnPauseMs = 300;
const unreachablePauseMs = 2000;

/** Moves the page's state on. Pure: the caller runs the effects, in order. Inputs that do not fit the state change nothing. */
export function step(state: State, input: Input): Step {
  if (input.type === "link") return follow(state, input.room);
  switch (state.at) {
    case "door":
      return input.type === "join" ? join(input.name, input.room, input.isReturn ?? false) : [state, []];
    case "joining":
      if (input.type === "joined") return enter(state, input.id, input.members, input.kept);
      if (input.type === "refused") return refused(state, input);
      return input.type === "leave" ? leave(state) : [state, []];
    case "room":
      if (input.type === "leave") return leave(state);
      if (input.type === "closed") return leave(state, inWords(input, state.name));
      if (input.type === "join" || input.type === "joined" || input.type === "refused") return [state, []];
      return stepInRoom(state, input);
  }
}

function leave({ name, room }: Joining | InRoom, problem?: string): Step {
  return [{ at: "door", name, room, problem }, [{ do: "disconnect" }]];
}

function join(typedName: string, typedRoom: string, isReturn: boolean): Step {
  const name = cleanName(typedName);
  const room = cleanRoom(typedRoom);
  const problem = problemOfName(name) ?? (room === "" ? "Please say which room." : undefined);
  if (problem !== undefined) return [{ at: "door", name, room, problem }, []];
  return [{ at: "joining", name, room, isReturn, tries: 0 }, [connectEffect(name, room, 0)]];
}

/** Somebody followed a link to another room. */
function follow(state: State, room: string): Step {
  if (state.room === room) return [state, []];
  if (state.at === "door") return [{ ...state, room }, []];
  const joining: Joining = { at: "joining", name: state.name, room, isReturn: true, tries: 0 };
  return [joining, [{ do: "disconnect" }, connectEffect(state.name, room, 0)]];
}

function refused(state: Joining, error: { readonly code: string; readonly message: string }): Step {
  const { name, room, isReturn } = state;
  const tries = state.tries + 1;
  const isUnreachable = error.code === "RELAY_UNREACHABLE" || error.code === "TIMEOUT";
  const isStillLeaving = error.code === "CLIENT_ID_TAKEN" && isReturn && tries <= maxReturnTries;
  if (isUnreachable)
    return [{ ...state, tries, trouble: "The relay does not answer. Trying again…" }, [connectEffect(name, room, unreachablePauseMs)]];
  if (isStillLeaving) return [{ ...state, tries }, [connectEffect(name, room, returnPauseMs)]];
  return [{ at: "door", name, room, problem: inWords(error, name) }, []];
}

/** Whoever was here before may remember what was said. */
function enter({ name, room }: Joining, me: string, members: readonly ListedMember[], kept: Kept | undefined): Step {
  const absent: Person[] = [...(kept?.names ?? [])].map(([id, known]) => ({ id, name: known, presence: "gone" }));
  const people = new Map([...absent, ...members.map((listed) => toPerson(listed))].map((person) => [person.id, person]));
  const talks = new Map([...(kept?.talks ?? [])].map(([key, talk]) => [key, abandon(talk)]));
  const open = kept !== undefined && people.has(kept.open) ? kept.open : ROOM;
  const isAlone = members.length === 0;
  const state: InRoom = {
    at: "room",
    me,
    name,
    room,
    isOnline: true,
    status: "here",
    people,
    talks,
    drafts: kept?.drafts ?? new Map(),
    earlier: isAlone ? "none" : "asking",
    open,
    isListShown: false,
    isLooking: true,
  };
  return [state, isAlone ? [] : [{ do: "recall", before: undefined }]];
}

function connectEffect(name: string, room: string, afterMs: number): Effect {
  return { do: "connect", id: idOfName(name), name, room, afterMs };
}
