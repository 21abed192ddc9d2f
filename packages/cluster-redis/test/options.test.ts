import { expect, test } from "vitest";
import * as api from "../src/index.ts";
import { resolveOptions } from "../src/options.ts";

test("exports", () => expect(Object.keys(api)).toEqual(["redisCluster"]));

test("the URL says where Redis is, and as whom", () => {
  const { host, port, isTls, user, password, database } = resolveOptions("rediss://me:p%40ss@[::1]:7000/3", {});

  expect({ host, port, isTls, user, password, database }).toEqual({
    host: "::1",
    port: 7000,
    isTls: true,
    user: "me",
    password: "p@ss",
    database: 3,
  });
});

test.each([
  ["http://localhost", {}, "redis: or rediss:"],
  ["nowhere", {}, "redis://host:6379"],
  ["redis://host/x", {}, "number of a database"],
  ["redis://host", { leaseMs: 1 }, "leaseMs"],
  ["redis://host", { prefix: "a{b" }, "prefix"],
  ["redis://host", { lease: 1 }, 'unknown option "lease"'],
])("%s with %j is refused by name", (url, options, words) => {
  expect(() => api.redisCluster(url, options as api.RedisClusterOptions)).toThrow(words);
});

test("a URL that is wrong is not repeated, for it may hold a password", () => {
  expect(() => api.redisCluster("redis//:secret@host")).toThrow(
    expect.not.objectContaining({ message: expect.stringContaining("secret") as string }),
  );
});
