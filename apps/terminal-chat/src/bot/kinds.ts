import { randomInt } from "node:crypto";
import { PeerloomError, type ServiceContext, type ServiceMethods } from "@peerloom/client";

export type BotKind = "greeter" | "echo" | "roller";

/** What a bot offers to programs, and what it answers to people. */
export interface Bot {
  readonly service: string;
  readonly methods: ServiceMethods;
  /** Says what it is for, when it comes into a room. */
  readonly hello: string;
  /** Its answer to a line that is for it, by `name`; undefined when it has none. */
  readonly answer: (text: string, name: string) => string | undefined;
}

const greeter: Bot = {
  service: "greeter",
  methods: { greet: (...args: unknown[]) => greet(args.length > 1 ? args[0] : (args[0] as ServiceContext).from) },
  hello: "I greet whoever greets me.",
  answer: (text, name) => (/\b(hello|hi|hey|good (morning|day|evening))\b/iu.test(text) ? greet(name) : "Say hello to me."),
};

const echo: Bot = {
  service: "echo",
  methods: { say: (...args: unknown[]) => args.slice(0, -1) },
  hello: "I say what you say to me.",
  answer: (text) => text,
};

const roller: Bot = {
  service: "roller",
  methods: { roll: (...args: unknown[]) => roll(args.length > 1 ? args[0] : "1d6") },
  hello: "I roll dice: say 2d6 to me.",
  answer: (text) => {
    const [dice] = /\d{0,3}d\d{1,4}/iu.exec(text) ?? [];
    return dice === undefined ? "Say something like 2d6 to me." : inWords(dice, roll(dice));
  },
};

/** Bots by the name that `--bot` takes. */
export const botKinds: Readonly<Record<BotKind, Bot>> = { greeter, echo, roller };

function greet(name: unknown): string {
  if (typeof name !== "string" || name === "" || name.length > 128)
    throw new PeerloomError("BAD_REQUEST", "a name is needed to greet somebody");
  return `Hello, ${name}!`;
}

interface Roll {
  readonly rolls: readonly number[];
  readonly sum: number;
}

/** Rolls dice given as `2d6`: two with six sides. @throws PeerloomError `BAD_REQUEST` when that is no dice. */
export function roll(dice: unknown, random: (below: number) => number = randomInt): Roll {
  const [, count, sides] = typeof dice === "string" ? (/^(\d{0,3})d(\d{1,4})$/iu.exec(dice) ?? []) : [];
  const [dies, faces] = [Number(count || "1"), Number(sides ?? "0")];
  if (dies < 1 || dies > 100 || faces < 2 || faces > 1000)
    throw new PeerloomError("BAD_REQUEST", "dice are given as 2d6, at most 100d1000");
  const rolls = Array.from({ length: dies }, () => random(faces) + 1);
  return { rolls, sum: rolls.reduce((sum, one) => sum + one, 0) };
}

function inWords(dice: string, { rolls, sum }: Roll): string {
  return rolls.length === 1 ? `${dice}: ${sum}` : `${dice}: ${rolls.join(" + ")} = ${sum}`;
}
