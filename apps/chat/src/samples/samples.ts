/** A service that the page knows how to show: one thing to call, one topic to draw. */
export interface Sample {
  readonly service: string;
  readonly title: string;
  readonly about: string;
  readonly method: string;
  readonly action: string;
  readonly topic: string;
  readonly plot: string;
  /** What the plot begins with: the topic's present value, or what it published last. */
  readonly begin: "value" | "history";
  /** What came back, in words. */
  readonly words: (answer: unknown) => string;
}

/** What the demo's relay offers; other relays may have none of it. */
export const samples: readonly Sample[] = [
  {
    service: "counter",
    title: "Counter",
    about: "One number that everybody here can raise",
    method: "raise",
    action: "Raise it",
    topic: "value",
    plot: "its value",
    begin: "value",
    words: (answer) => `It is ${numberWords(answer)} now`,
  },
  {
    service: "dice",
    title: "Dice",
    about: "Rolled by the relay, so nobody can cheat",
    method: "roll",
    action: "Roll",
    topic: "rolls",
    plot: "everybody’s rolls",
    begin: "history",
    words: (answer) => `You rolled ${numberWords(field(answer, "sum"))}`,
  },
  {
    service: "clock",
    title: "Clock",
    about: "The relay’s own time",
    method: "now",
    action: "What time is it?",
    topic: "seconds",
    plot: "the second of the minute",
    begin: "history",
    words: (answer) => (typeof answer === "string" ? `${answer.slice(11, 19)} UTC` : "No answer"),
  },
  {
    service: "load",
    title: "Load",
    about: "How busy the relay is",
    method: "now",
    action: "Measure",
    topic: "load",
    plot: "processor, percent",
    begin: "history",
    words: (answer) =>
      `${numberWords(field(answer, "clients"))} connected, ${numberWords(field(answer, "cpu"))} % processor, ${numberWords(field(answer, "memoryMiB"))} MiB`,
  },
];

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
}

function numberWords(value: unknown): string {
  return typeof value === "number" && Number.isFinite(value) ? String(value) : "?";
}
