import { describe, expect, test } from "vitest";
import { Flight } from "../../src/flight.ts";

const nobody = (): boolean => false;
const bounds = { base: 0, next: 100 };

describe("what is under way by two paths", () => {
  test("is not lost when a frame that left later by the other path came early", () => {
    const flight = new Flight();
    flight.left({ serial: 1, first: 0, end: 10, path: "relay" });
    flight.left({ serial: 2, first: 10, end: 20, path: "direct" });

    expect(flight.lost(bounds, 0, { g: [0, 10] }, "direct", nobody)).toEqual([]);
  });

  test("is lost when a frame that left later by the same path came early", () => {
    const flight = new Flight();
    flight.left({ serial: 1, first: 0, end: 5, path: "direct" });
    flight.left({ serial: 2, first: 5, end: 10, path: "relay" });
    flight.left({ serial: 3, first: 10, end: 20, path: "direct" });

    expect(flight.lost(bounds, 0, { g: [0, 10] }, "direct", nobody)).toEqual([[0, 5]]);
  });

  test("is lost in each of several gaps", () => {
    const flight = new Flight();
    for (let n = 0; n < 5; n++) flight.left({ serial: n + 1, first: n * 10, end: n * 10 + 10, path: "relay" });

    const gaps = [0, 10, 20, 30];

    expect(flight.lost(bounds, 0, { g: gaps }, "relay", nobody)).toEqual([
      [0, 10],
      [20, 30],
    ]);
  });

  test("is lost again when something that went again later has come", () => {
    const flight = new Flight();
    for (let n = 0; n < 5; n++) flight.left({ serial: n + 1, first: n * 10, end: n * 10 + 10, path: "relay" });
    flight.left({ serial: 6, first: 0, end: 10, path: "relay" });
    flight.left({ serial: 7, first: 20, end: 30, path: "relay" });

    expect(flight.lost(bounds, 0, { g: [0, 10, 20, 30] }, "relay", nobody)).toEqual([]);
    expect(flight.lost(bounds, 0, { g: [0, 10, 30, 40] }, "relay", nobody)).toEqual([
      [0, 10],
      [30, 40],
    ]);
  });

  test("is not lost behind an answer's last gap, where nothing came early", () => {
    const flight = new Flight();
    flight.left({ serial: 1, first: 0, end: 10, path: "relay" });
    flight.asked("relay", 10, 2);
    flight.left({ serial: 3, first: 0, end: 10, path: "relay" });
    flight.left({ serial: 4, first: 10, end: 20, path: "relay" });

    expect(flight.lost(bounds, 0, { e: 10, g: [0, 10] }, "relay", nobody)).toEqual([]);
  });

  test("is lost with a path that is down", () => {
    const flight = new Flight();
    flight.left({ serial: 1, first: 0, end: 5, path: "relay" });
    flight.left({ serial: 2, first: 5, end: 10, path: "direct" });
    flight.asked("relay", 10, 3);

    expect(flight.lost(bounds, 0, { e: 10 }, "relay", (path) => path === "direct")).toEqual([[0, 10]]);
  });

  test("is lost when it left before a question by the same path that is answered", () => {
    const flight = new Flight();
    flight.left({ serial: 1, first: 0, end: 5, path: "relay" });
    flight.left({ serial: 2, first: 5, end: 10, path: "direct" });
    flight.asked("relay", 10, 3);
    flight.left({ serial: 4, first: 0, end: 2, path: "relay" });

    expect(flight.lost(bounds, 0, { e: 10 }, "relay", nobody)).toEqual([[2, 5]]);
  });

  test("is told apart by the newest packet that carried it", () => {
    const flight = new Flight();
    flight.left({ serial: 1, first: 0, end: 10, path: "relay" });
    flight.left({ serial: 2, first: 0, end: 4, path: "direct" });

    expect(flight.besides({ base: 0, next: 10 }, "direct")).toEqual([[4, 10]]);
  });

  test("is bounded by what is unacknowledged and what has left", () => {
    const flight = new Flight();
    flight.left({ serial: 1, first: 0, end: 50, path: "relay" });
    flight.arrived(20);

    expect(flight.lost({ base: 20, next: 50 }, 0, { e: 1000 }, "relay", nobody)).toEqual([[20, 50]]);
  });
});

test("a flight that is cleared remembers neither packets nor questions", () => {
  const flight = new Flight();
  flight.left({ serial: 1, first: 0, end: 5, path: "relay" });
  flight.asked("direct", 5, 2);

  flight.clear();

  expect([flight.carriedBy(1), flight.isAsked("direct")]).toEqual([[], false]);
});
