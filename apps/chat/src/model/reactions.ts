import { maxEmojiPerLine, maxPeoplePerEmoji, type WireReaction } from "@peerloom/app-chat-wire";
import { talkWith, withTalk } from "./delivery.ts";
import type { Reactions, Said } from "./line.ts";
import type { InRoom, Step } from "./state.ts";
import { changeLine } from "./talk.ts";

/** The emoji that are offered. */
export const palette = ["👍", "❤️", "😂", "🎉", "😮", "😢", "👀", "🙏"] as const;

/** Puts one's own emoji to a line, or takes it away when it is there. */
export function toggleReaction(
  state: InRoom,
  key: string,
  line: { readonly from: string; readonly id: string },
  emoji: string,
): Step<InRoom> {
  const said = talkWith(state, key).entries.find(
    (entry): entry is Said => entry.kind === "said" && entry.id === line.id && entry.from === line.from,
  );
  if (said === undefined) return [state, []];
  const isOn = !(said.reactions ?? []).some(([known, from]) => known === emoji && from.includes(state.me));
  const reaction: WireReaction = { line: { from: line.from, id: line.id }, emoji, isOn };
  const next = withReaction(state, key, state.me, reaction);
  return next === state ? [state, []] : [next, [{ do: "react", talk: key, reaction }]];
}

/** Somebody has put an emoji to a line, or taken it away. Unknown lines and too many emoji change nothing. */
export function withReaction(state: InRoom, key: string, from: string, { line, emoji, isOn }: WireReaction): InRoom {
  const next = changeLine(talkWith(state, key), line, (said) => {
    const reactions = react(said.reactions ?? [], emoji, from, isOn);
    return reactions === said.reactions ? said : { ...said, reactions };
  });
  return withTalk(state, key, next);
}

function react(reactions: Reactions, emoji: string, from: string, isOn: boolean): Reactions {
  const known = reactions.find(([one]) => one === emoji);
  if (known === undefined) return isOn && reactions.length < maxEmojiPerLine ? [...reactions, [emoji, [from]]] : reactions;
  const [, people] = known;
  if (people.includes(from) === isOn || (isOn && people.length >= maxPeoplePerEmoji)) return reactions;
  const changed = isOn ? [...people, from] : people.filter((person) => person !== from);
  return reactions.map((entry): Reactions[number] => (entry === known ? [emoji, changed] : entry)).filter(([, who]) => who.length > 0);
}
