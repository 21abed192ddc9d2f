import type { Random } from "./random.ts";

const names = [
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "relay",
  "victim",
  "hostile",
  "slow",
  "",
  "a\u0000b",
  "x".repeat(129),
  "é".repeat(64),
  "\ud800",
];
const events = [
  "p",
  "r",
  "control",
  "u",
  "welcome",
  "bye",
  "ask",
  "notify",
  "error",
  "__proto__",
  "constructor",
  "toString",
  "message",
  "newEvent",
  "",
];
const types = [
  "watch",
  "unwatch",
  "lookup",
  "list",
  "metadata",
  "join",
  "leave",
  "member",
  "pair",
  "close ",
  "__proto__",
  "constructor",
  "nonsense",
];

/** Any JSON value, mostly of the wrong type. */
function anyValue(random: Random, depth = 3): unknown {
  switch (random.below(depth > 0 ? 12 : 9)) {
    case 0:
      return random.pick(names);
    case 1:
      return random.pick([0, -1, 1, 1.5, 2 ** 53, 1e308, -0, 2 ** 31]);
    case 2:
      return null;
    case 3:
      return random.next() < 0.5;
    case 4:
      return "x".repeat(random.below(300));
    case 5:
      return random.pick(["[1,", "{}", '[1,"a.1","",0,0,0]', "\u2028", "💥", "[[[[", '{"__proto__":1}']);
    case 6:
      return { _placeholder: true, num: random.pick([0, -1, 0.5, 99, "0", null]) };
    case 7:
      return random.pick([[], {}, [[]], { length: 5 }]);
    case 8:
      return random.below(1000);
    case 9:
      return Array.from({ length: random.below(5) }, () => anyValue(random, depth - 1));
    case 10:
      return JSON.parse(`{"__proto__":${JSON.stringify(anyValue(random, depth - 1))},"constructor":1}`) as unknown;
    default:
      return Object.fromEntries(
        Array.from({ length: random.below(4) }, () => [random.pick([...names, "type", "id", "ids"]), anyValue(random, depth - 1)]),
      );
  }
}

/** A control body that is nearly right. */
function controlBody(random: Random): unknown {
  if (random.next() < 0.2) return anyValue(random);
  const fields: [string, unknown][] = [["type", random.pick(types)]];
  const maybe = (name: string, right: unknown): void => {
    if (random.next() < 0.7) fields.push([name, random.next() < 0.6 ? right : anyValue(random)]);
  };
  maybe("ids", random.next() < 0.1 ? Array.from({ length: 300 }, () => "id") : [random.pick(names)]);
  maybe("id", random.pick(names));
  maybe("to", random.pick(names));
  maybe("room", random.pick(names));
  maybe("head", random.below(100));
  maybe("metadata", random.next() < 0.1 ? "x".repeat(5000) : { a: 1 });
  return Object.fromEntries(fields);
}

/** Arguments of an event: the name first. */
function eventArguments(random: Random, mayEnd: boolean): unknown[] {
  const roll = random.next();
  const many = Array.from({ length: random.below(4) }, () => anyValue(random));
  if (roll < 0.3)
    return [
      "p",
      random.pick(names),
      random.pick<unknown>([random.below(100), -1, "1", null]),
      random.pick<unknown>(["text", {}, 1, null]),
      ...many,
    ];
  if (roll < 0.45)
    return ["r", random.pick(names), random.pick<unknown>([random.below(100), -1, 1.5]), random.pick<unknown>(["text", []]), ...many];
  if (roll < 0.75) return ["control", controlBody(random), ...(random.next() < 0.1 ? many : [])];
  if (roll < 0.8 && mayEnd)
    return [random.pick(["disconnect", "connect_error", "newListener", "removeListener", "disconnecting", "connect"])];
  return [random.pick<unknown>([...events, 0, 7, -1]), ...many];
}

/** A socket.io packet as text: an event, an acknowledgement, or, if it may end the connection, something that socket.io closes it for. */
export function hostilePacket(random: Random, mayEnd: boolean): string {
  const roll = random.next();
  const id = random.pick(["", "", "0", "7", "99999999999999999999", mayEnd ? "-1" : ""]);
  if (roll < 0.85) return `2/peerloom,${id}${JSON.stringify(eventArguments(random, mayEnd))}`;
  if (roll < 0.93) return `3/peerloom,${random.below(50)}${JSON.stringify(many(random))}`;
  if (roll < 0.96 || !mayEnd) return `2/peerloom,`;
  if (roll < 0.98) return truncated(random, `2/peerloom,${JSON.stringify(eventArguments(random, mayEnd))}`);
  return random.pick([
    "0/peerloom,{}",
    "1/peerloom,",
    "4/peerloom,{}",
    "6/peerloom,1[]",
    "9",
    "",
    '2/nowhere,["p"]',
    '51-/peerloom,["p"]',
    '5999-/peerloom,["p"]',
    "0/__proto__,{}",
  ]);
}

function many(random: Random): unknown[] {
  return Array.from({ length: random.below(4) }, () => anyValue(random));
}

function truncated(random: Random, text: string): string {
  return text.slice(0, random.below(text.length));
}

/** A binary event: its text, and how many binaries follow. */
export function hostileBinary(random: Random, mayEnd: boolean): readonly [text: string, binaries: Buffer[]] {
  const count = random.below(10) + 1;
  const numbers = Array.from({ length: count }, (_, index) => ({
    _placeholder: true,
    num: mayEnd && random.next() < 0.1 ? random.below(12) : index,
  }));
  const event = random.pick<unknown[]>([["p", "victim", 1, "text"], ["r", "room", 1, "text"], ["control"], ["p", "victim"], ["nonsense"]]);
  const binaries = Array.from({ length: count }, () => random.bytes(random.below(20)));
  return [`5${count}-/peerloom,${JSON.stringify([...event, ...numbers])}`, binaries];
}
