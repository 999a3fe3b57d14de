import { expect, test } from "vitest";
import { addCounts, countTests, readTestCount } from "./test-results.ts";

const loaded = { status: "passed", assertionResults: [{}] };
const unloadable = { status: "failed", assertionResults: [] };

test.each([
  [
    "all passed",
    { success: true, numPassedTests: 3, numFailedTests: 0, testResults: [loaded] },
    { passed: 3, failed: 0 },
  ],
  [
    "some failed",
    { success: false, numPassedTests: 3, numFailedTests: 2, testResults: [loaded] },
    { passed: 3, failed: 2 },
  ],
  [
    "a file that does not load is a failure",
    { success: false, numPassedTests: 1, numFailedTests: 0, testResults: [loaded, unloadable] },
    { passed: 1, failed: 1 },
  ],
  [
    "an unhandled error is a failure",
    { success: false, numPassedTests: 1, numFailedTests: 0, testResults: [loaded] },
    { passed: 1, failed: 1 },
  ],
])("%s", (_title, report, expected) => {
  expect(countTests(report)).toEqual(expected);
});

test("a package that left no report counts as a failure", () => {
  expect(readTestCount("/no/such/report.json")).toEqual({ passed: 0, failed: 1 });
});

test("packages are summed", () => {
  expect(
    addCounts([
      { passed: 1, failed: 0 },
      { passed: 2, failed: 3 },
    ]),
  ).toEqual({ passed: 3, failed: 3 });
});
