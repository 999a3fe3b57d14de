import { readFileSync } from "node:fs";

export interface TestCount {
  passed: number;
  failed: number;
}

/** The parts of vitest's JSON report that are counted. */
interface VitestReport {
  success: boolean;
  numPassedTests: number;
  numFailedTests: number;
  testResults: { status: string; assertionResults: unknown[] }[];
}

/**
 * Reads one package's vitest JSON report. A file that could not even be loaded counts as one failure, and so does a
 * run that failed without a failing test (an unhandled error) or left no report.
 */
export function readTestCount(reportFile: string): TestCount {
  try {
    return countTests(JSON.parse(readFileSync(reportFile, "utf8")));
  } catch {
    return { passed: 0, failed: 1 };
  }
}

export function countTests(report: VitestReport): TestCount {
  const unloadable = report.testResults.filter(
    ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
  ).length;
  const failed = report.numFailedTests + unloadable;
  return { passed: report.numPassedTests, failed: failed === 0 && !report.success ? 1 : failed };
}

export function addCounts(counts: TestCount[]): TestCount {
  return counts.reduce(
    (sum, { passed, failed }) => ({ passed: sum.passed + passed, failed: sum.failed + failed }),
    { passed: 0, failed: 0 },
  );
}
