import { expect, test } from "vitest";
import { isSame, makePassword } from "../../src/admin/password.ts";
import { sessionMs, Sessions } from "../../src/admin/sessions.ts";

test("a session lasts until it is ended", () => {
  const sessions = new Sessions(() => 0);
  const [one, two] = [sessions.begin(), sessions.begin()];

  sessions.end(one);

  expect([one, two, undefined, ""].map((token) => sessions.has(token))).toEqual([false, true, false, false]);
});

test("a session ends by itself, and makes room", () => {
  let now = 0;
  const sessions = new Sessions(() => now);
  const token = sessions.begin();

  now = sessionMs;

  expect(sessions.has(token)).toBe(false);
  sessions.begin();
  expect(sessions.size).toBe(1);
});

test("of too many sessions the oldest ends", () => {
  const sessions = new Sessions(() => 0);
  const first = sessions.begin();
  const second = sessions.begin();

  for (let count = 0; count < 99; count += 1) sessions.begin();

  expect([sessions.size, sessions.has(first), sessions.has(second)]).toEqual([100, false, true]);
});

test("a password that is made up can be read aloud, and is another each time", () => {
  const made = Array.from({ length: 50 }, makePassword);

  for (const password of made) expect(password).toMatch(/^([a-km-z2-9]{4}-){3}[a-km-z2-9]{4}$/u);
  expect(new Set(made).size).toBe(50);
});

test.each([
  ["secret", "secret", true],
  ["secret", "Secret", false],
  ["secret and more", "secret", false],
  ["", "secret", false],
])("%j is taken for %j: %s", (given, password, same) => {
  expect(isSame(given, password)).toBe(same);
});
