import type { Input } from "./model/state.ts";

/** What somebody can do on the page. Adds what the model must not make up itself: ids and times. */
export interface Actions {
  join(name: string, room: string): void;
  leave(): void;
  show(talk: string): void;
  showList(isShown: boolean): void;
  draft(talk: string, text: string): void;
  say(talk: string, text: string): void;
  retry(talk: string, id: string): void;
}

export interface Sources {
  readonly now: () => number;
  readonly makeId: () => string;
}

export function createActions(tell: (input: Input) => void, { now, makeId }: Sources): Actions {
  return {
    join: (name, room) => tell({ type: "join", name, room }),
    leave: () => tell({ type: "leave" }),
    show: (talk) => tell({ type: "show", talk }),
    showList: (isShown) => tell({ type: "show-list", isShown }),
    draft: (talk, text) => tell({ type: "draft", talk, text }),
    say: (talk, text) => tell({ type: "say", talk, text, id: makeId(), time: now() }),
    retry: (talk, id) => tell({ type: "retry", talk, id, time: now() }),
  };
}
