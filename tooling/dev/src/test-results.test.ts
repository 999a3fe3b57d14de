import { expect, test } from "vitest";
import { addResults, readTestResults, resultsOf } from "./test-results.ts";

const failed = {
  status: "failed",
  fullName: "a door opens",
  failureMessages: ["Error: it is locked\n    at door.ts:3"],
};
const loaded = {
  name: "/x/door.test.ts",
  status: "passed",
  assertionResults: [{ status: "passed", fullName: "a" }],
};
const failing = { ...loaded, status: "failed", assertionResults: [failed] };
const unloadable = {
  name: "/x/gone.test.ts",
  status: "failed",
  message: "Cannot find x\nat",
  assertionResults: [],
};

test.each([
  ["all passed", { success: true, numPassedTests: 3, testResults: [loaded] }, []],
  [
    "a failed test is named with the first line of why",
    { success: false, numPassedTests: 3, testResults: [loaded, failing] },
    ["door.test.ts: a door opens: Error: it is locked"],
  ],
  [
    "a file that does not load is a failure",
    { success: false, numPassedTests: 3, testResults: [loaded, unloadable] },
    ["gone.test.ts: Cannot find x"],
  ],
  [
    "an unhandled error is a failure",
    { success: false, numPassedTests: 3, testResults: [loaded] },
    ["an error outside of the tests, shown above"],
  ],
])("%s", (_title, report, failures) => {
  expect(resultsOf(report)).toEqual({ passed: 3, failures });
});

test("a package that left no report counts as a failure", () => {
  expect(readTestResults("/no/such/report.json")).toEqual({
    passed: 0,
    failures: ["no report in /no/such/report.json"],
  });
});

test("packages are summed", () => {
  expect(
    addResults([
      { passed: 1, failures: [] },
      { passed: 2, failures: ["a", "b"] },
    ]),
  ).toEqual({ passed: 3, failures: ["a", "b"] });
});
