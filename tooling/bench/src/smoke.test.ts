import { expect, it } from "vitest";
import { readBenchEnv } from "./env.ts";
import { allRows } from "./rows/all-rows.ts";
import { runRow } from "./run-row.ts";

// The other sizes of the same row differ in numbers only, the other families in requests that have a test of their own, and
// of bad endpoints those that only hang are among those of all kinds.
const alike = /^(deliver-1|deliver-100|deliver-10000|isolation|ingress-.*)$/;
const covered = allRows.filter(({ name }) => !alike.test(name));

// Counts only: what is asserted is that every row still measures something, never how fast.
it.concurrent.each(covered)("$name measures every value it promises", async (row) => {
  const report = await runRow(row, { env: readBenchEnv(), rounds: 1, scale: 0.01, onRound: () => {} });
  expect(report.error).toBeNull();
  expect(report.findings.filter(({ median }) => !Number.isFinite(median))).toEqual([]);
});
