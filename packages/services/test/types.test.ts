import { expectTypeOf, test } from "vitest";
import type { Service, ServiceCall, ServiceContext, ServiceStream } from "../src/index.ts";

const methods = {
  add: (a: number, b: number) => a + b,
  from: (context: ServiceContext) => context.from,
  later: async (text: string, context?: ServiceContext) => `${text} ${context?.from}`,
  async *count(to: number, _context: ServiceContext) {
    for (let n = 0; n < to; n++) yield n;
  },
  version: "1",
};
type Math = Service<typeof methods>;

test("functions become promises, the context is the provider's own, and what is no function is no method", () => {
  expectTypeOf<Math["add"]>().toEqualTypeOf<(a: number, b: number) => ServiceCall<number>>();
  expectTypeOf<Math["from"]>().toEqualTypeOf<() => ServiceCall<string>>();
  expectTypeOf<ReturnType<Math["later"]>>().toEqualTypeOf<ServiceCall<string>>();
  expectTypeOf<keyof Math>().toEqualTypeOf<"add" | "from" | "later" | "count">();
});

test("generators become async iterables, which can be awaited, too", () => {
  expectTypeOf<Math["count"]>().toEqualTypeOf<(to: number) => ServiceStream<number>>();
  expectTypeOf<Awaited<ReturnType<Math["count"]>>>().toEqualTypeOf<AsyncIterableIterator<number>>();
});
