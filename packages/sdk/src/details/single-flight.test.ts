import { expect, test } from "vitest";
import { createSingleFlight } from "./single-flight.ts";

/** Runs that end when told to. */
function createRuns() {
  const runs: { end: (value: string) => void; fail: (error: Error) => void; signal: AbortSignal }[] = [];
  const run = (signal: AbortSignal) =>
    new Promise<string>((end, fail) => {
      signal.addEventListener("abort", () => fail(new Error("aborted")));
      runs.push({ end, fail, signal });
    });
  return { runs, run };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("those with one cause share a run; those with others share the next, which begins after it", async () => {
  const { runs, run } = createRuns();
  const flights = createSingleFlight<string>();
  const join = (cause: string) => flights.join({ key: "k", cause, run });
  const first = [join("a"), join("a")];
  await settled();
  const second = [join("b"), join("c"), join("b")];
  await settled();
  expect(runs).toHaveLength(1);
  runs[0]?.end("one");
  expect(await Promise.all(first)).toEqual(["one", "one"]);
  await settled();
  expect(runs).toHaveLength(2);
  const third = [join("c"), join("d")];
  runs[1]?.end("two");
  expect(await Promise.all([...second, third[0]])).toEqual(["two", "two", "two", "two"]);
  await settled();
  runs[2]?.end("three");
  expect(await third[1]).toBe("three");
  expect(runs).toHaveLength(3);
});

test("an error reaches all who wait, and the next caller begins anew", async () => {
  const { runs, run } = createRuns();
  const flights = createSingleFlight<string>();
  const both = Promise.allSettled(["a", "a"].map((cause) => flights.join({ key: "k", cause, run })));
  await settled();
  runs[0]?.fail(new Error("no"));
  expect((await both).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  const again = flights.join({ key: "k", cause: "a", run });
  await settled();
  runs[1]?.end("yes");
  expect(await again).toBe("yes");
});

test("the run is aborted when the last who waited has left, and a new caller gets a run of its own", async () => {
  const { runs, run } = createRuns();
  const flights = createSingleFlight<string>();
  const [one, other] = [new AbortController(), new AbortController()];
  const waiting = [one, other].map(({ signal }) => flights.join({ key: "k", cause: "a", run, signal }));
  const ended = Promise.allSettled(waiting);
  await settled();
  one.abort(new Error("left"));
  await settled();
  expect(runs[0]?.signal.aborted).toBe(false);
  other.abort(new Error("left too"));
  await settled();
  expect(runs[0]?.signal.aborted).toBe(true);
  const fresh = flights.join({ key: "k", cause: "a", run });
  await settled();
  runs[1]?.end("fresh");
  expect(await fresh).toBe("fresh");
  expect((await ended).map((result) => (result as PromiseRejectedResult).reason.message)).toEqual([
    "left",
    "left too",
  ]);
});

test("keys have nothing to do with each other", async () => {
  const { runs, run } = createRuns();
  const flights = createSingleFlight<string>();
  const both = ["k", "l"].map((key) => flights.join({ key, cause: "a", run }));
  await settled();
  for (const [index, { end }] of runs.entries()) end(String(index));
  expect(await Promise.all(both)).toEqual(["0", "1"]);
});
