import { writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { readBenchEnv } from "./env.ts";
import { parseOptions, usage } from "./options.ts";
import { formatNumber } from "./report/format-number.ts";
import { formatTable } from "./report/table.ts";
import { allRows } from "./rows/all-rows.ts";
import { type RowReport, runRow } from "./run-row.ts";

// Exiting kills what was started, the stopped dispatcher of a round as well; a signal alone would leave it behind.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));

const options = readOptions();
const env = readBenchEnv();
const rows = allRows.filter(({ name }) => options.rows.length === 0 || options.rows.includes(name));
const reports: RowReport[] = [];

for (const row of rows) {
  console.log(`\n${row.name}: ${row.title}`);
  const report = await runRow(row, {
    env,
    rounds: options.rounds,
    scale: options.scale,
    onRound(_, round, sample) {
      const values = Object.entries(sample).map(([name, value]) => `${name} ${formatNumber(value)}`);
      console.log(`  round ${round}: ${values.join(", ")}`);
    },
  });
  if (report.error !== null) console.error(`  not finished: ${report.error}`);
  reports.push(report);
}

console.log(`\n${formatTable(reports)}`);
if (options.json !== null) writeFileSync(options.json, `${JSON.stringify(describeRun(), null, 2)}\n`);
// A missed target is a finding, not a failure; a row that broke down is one.
process.exitCode = reports.some(({ error }) => error !== null) ? 1 : 0;

function describeRun(): object {
  const machine = {
    cpus: cpus().length,
    model: cpus()[0]?.model,
    memory_bytes: totalmem(),
    node: process.version,
  };
  return {
    at: new Date().toISOString(),
    machine,
    rounds: options.rounds,
    scale: options.scale,
    rows: reports,
  };
}

function readOptions() {
  try {
    return parseOptions(
      process.argv.slice(2),
      allRows.map(({ name }) => name),
    );
  } catch (error) {
    console.error(`${(error as Error).message}\n${usage}`);
    process.exit(1);
  }
}
