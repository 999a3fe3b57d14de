import { readFileSync } from "node:fs";
import { basename } from "node:path";

export interface TestResults {
  passed: number;
  /** One line for each failure: its file, its name, and the first line of why. */
  failures: string[];
}

/** The parts of vitest's JSON report that are read. */
interface VitestReport {
  success: boolean;
  numPassedTests: number;
  testResults: {
    name: string;
    status: string;
    message?: string;
    assertionResults: { status: string; fullName: string; failureMessages?: string[] | null }[];
  }[];
}

/**
 * Reads one package's vitest JSON report. A file that could not even be loaded counts as one failure, and so does a
 * run that failed without a failing test (an unhandled error) or left no report.
 */
export function readTestResults(reportFile: string): TestResults {
  try {
    return resultsOf(JSON.parse(readFileSync(reportFile, "utf8")));
  } catch {
    return { passed: 0, failures: [`no report in ${reportFile}`] };
  }
}

export function resultsOf(report: VitestReport): TestResults {
  const failures = report.testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = basename(name);
    if (status === "failed" && assertionResults.length === 0) return [`${file}: ${firstLine(message)}`];
    return assertionResults
      .filter((test) => test.status === "failed")
      .map(({ fullName, failureMessages }) => `${file}: ${fullName}: ${firstLine(failureMessages?.[0])}`);
  });
  if (failures.length === 0 && !report.success) failures.push("an error outside of the tests, shown above");
  return { passed: report.numPassedTests, failures };
}

export function addResults(results: TestResults[]): TestResults {
  return {
    passed: results.reduce((sum, { passed }) => sum + passed, 0),
    failures: results.flatMap(({ failures }) => failures),
  };
}

const firstLine = (text = "failed") => text.split("\n", 1)[0];
