import type { HistoryPage, HistoryRequest } from "@peerloom/app-chat-wire";
import type { Effect, Input, Kept } from "../model/state.ts";
import type { Attachment } from "./session.ts";
import { Visit } from "./visit.ts";

export interface NetOptions {
  /** Where the relay is. */
  readonly url: string;
  readonly tell: (input: Input) => void;
  /** What was said before a reload. */
  readonly kept: (id: string, room: string) => Kept | undefined;
  /** What this page remembers of the room. */
  readonly remember: (request: HistoryRequest) => HistoryPage;
  /** What else lives with a stay. */
  readonly attachments: readonly Attachment[];
  readonly now: () => number;
  readonly makeId: () => string;
}

/** The page's way to the relay: runs effects, tells inputs. */
export interface Net {
  run(effect: Effect): void;
  /** Tells the others in the room under which id this page is in the call; undefined when it is not. */
  setCallId(callId: string | undefined): void;
}

export function createNet(options: NetOptions): Net {
  let visit: Visit | undefined;
  let leaving: Promise<void> = Promise.resolve();
  const leave = (): void => {
    const last = visit;
    visit = undefined;
    // The name is only free again when the one before has left.
    if (last !== undefined) leaving = Promise.all([leaving, last.leave()]).then(() => {});
  };
  return {
    setCallId: (callId) => visit?.card.set({ callId }),
    run: (effect) => {
      switch (effect.do) {
        case "connect":
          leave();
          visit = new Visit(options);
          return void visit.start(effect, leaving);
        case "disconnect":
          return leave();
        case "send":
          return visit?.send(effect.talk, effect.line);
        case "react":
          return visit?.react(effect.talk, effect.reaction);
        case "typing":
          return visit?.typing(effect.talk, effect.isTyping);
        case "status":
          return visit?.card.set({ status: effect.status });
        case "recall":
          return visit?.recall(effect.before);
        case "wake":
          return visit?.after(effect.afterMs, { type: "wake", talk: effect.talk });
      }
    },
  };
}
