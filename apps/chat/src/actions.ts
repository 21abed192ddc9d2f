import { cleanFileName, type LineKey, type Status } from "@peerloom/app-chat-wire";
import type { Input } from "./model/state.ts";

/** What somebody can do on the page. Adds what the model must not make up itself: ids and times. */
export interface Actions {
  join(name: string, room: string): void;
  leave(): void;
  show(talk: string): void;
  showList(isShown: boolean): void;
  draft(talk: string, text: string): void;
  answer(talk: string, line: LineKey | undefined): void;
  say(talk: string, text: string): void;
  /** Offers files, each with a line of its own. */
  attach(talk: string, files: readonly File[]): void;
  retry(talk: string, id: string): void;
  react(talk: string, line: LineKey, emoji: string): void;
  status(status: Status): void;
  recall(): void;
}

export interface Sources {
  readonly now: () => number;
  readonly makeId: () => string;
  /** Keeps a file for whoever asks for it. */
  readonly offer: (id: string, talk: string, file: File) => void;
}

export function createActions(tell: (input: Input) => void, { now, makeId, offer }: Sources): Actions {
  const attach = (talk: string, file: File): void => {
    const id = makeId();
    offer(id, talk, file);
    tell({ type: "say", talk, text: "", id, time: now(), file: { name: cleanFileName(file.name), size: file.size, type: file.type } });
  };
  return {
    join: (name, room) => tell({ type: "join", name, room }),
    leave: () => tell({ type: "leave" }),
    show: (talk) => tell({ type: "show", talk }),
    showList: (isShown) => tell({ type: "show-list", isShown }),
    draft: (talk, text) => tell({ type: "draft", talk, text }),
    answer: (talk, line) => tell({ type: "answer", talk, line }),
    say: (talk, text) => tell({ type: "say", talk, text, id: makeId(), time: now() }),
    attach: (talk, files) => {
      for (const file of files) attach(talk, file);
    },
    retry: (talk, id) => tell({ type: "retry", talk, id, time: now() }),
    react: (talk, { from, id }, emoji) => tell({ type: "react", talk, line: { from, id }, emoji }),
    status: (status) => tell({ type: "status", status }),
    recall: () => tell({ type: "recall" }),
  };
}
