import { FLAG, VALUE } from "./wire.ts";

/** One short text message, alone in its packet. It travels as text: making and reading bytes would cost more than all else about it. */
export interface SoleText {
  readonly type: typeof VALUE.text | typeof VALUE.json;
  readonly text: string;
}

/** UTF-16 units of a text that travels so at most. */
export const MAX_SOLE_LENGTH = 1_024;

/** Letters by the value's type and the flags of a packet: `t`, `j`, and in capitals with an acknowledgement asked for. */
export function textPacket({ type, text }: SoleText, flags: number, number: number, ack: number): string {
  const letter = type === VALUE.text ? "t" : "j";
  return `${(flags & FLAG.ackNow) === 0 ? letter : letter.toUpperCase()}${number.toString(36)},${ack.toString(36)},${text}`;
}

const LETTER = { text: 0x74, json: 0x6a, askingText: 0x54, askingJson: 0x4a } as const;

export interface TextHead extends SoleText {
  readonly flags: number;
  readonly number: number;
  readonly ack: number;
}

/** @returns undefined when it is none. */
export function parseTextPacket(packet: string): TextHead | undefined {
  const letter = packet.charCodeAt(0);
  const isAsking = letter === LETTER.askingText || letter === LETTER.askingJson;
  const type =
    letter === LETTER.text || letter === LETTER.askingText
      ? VALUE.text
      : letter === LETTER.json || letter === LETTER.askingJson
        ? VALUE.json
        : undefined;
  const comma = packet.indexOf(",");
  const second = packet.indexOf(",", comma + 1);
  if (type === undefined || comma < 0 || second < 0 || second > 24) return undefined;
  const number = parseNumber(packet, 1, comma);
  const ack = parseNumber(packet, comma + 1, second);
  if (number === undefined || ack === undefined) return undefined;
  return { type, flags: isAsking ? FLAG.ackNow : 0, number, ack, text: packet.slice(second + 1) };
}

/** Digits and small letters only, at most ten. */
function parseNumber(text: string, from: number, to: number): number | undefined {
  if (to <= from || to - from > 10) return undefined;
  let value = 0;
  for (let index = from; index < to; index++) {
    const unit = text.charCodeAt(index);
    const digit = unit >= 0x30 && unit <= 0x39 ? unit - 0x30 : unit >= 0x61 && unit <= 0x7a ? unit - 0x57 : undefined;
    if (digit === undefined) return undefined;
    value = value * 36 + digit;
  }
  return value;
}
