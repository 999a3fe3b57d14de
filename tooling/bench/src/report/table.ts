import type { Finding, RowReport } from "../run-row.ts";
import { formatNumber } from "./format-number.ts";

const header = ["row", "measure", "median", "rounds", "target", ""];

/** All findings as a plain-text table; `met` or `MISSED` stands beside every target. */
export function formatTable(reports: readonly RowReport[]): string {
  const lines = [header, ...reports.flatMap(toLines)];
  const widths = header.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const formatted = lines.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  formatted.splice(
    1,
    0,
    widths
      .map((width) => "─".repeat(width))
      .join("  ")
      .trimEnd(),
  );
  return formatted.join("\n");
}

function toLines(report: RowReport): string[][] {
  const lines = report.findings.map((finding, i) => [i === 0 ? report.name : "", ...toCells(finding)]);
  if (report.error === null) return lines;
  return [...lines, ["", "NOT FINISHED", report.error.split("\n")[0] ?? "", "", "", ""]];
}

function toCells({ name, unit, median, rounds, target, met }: Finding): string[] {
  const value = `${formatNumber(median)} ${unit}`.trim();
  const verdict = met === null ? "" : met ? "met" : "MISSED";
  const limit = target ? `${target.relation} ${target.value}` : "";
  return [name, value, rounds.map(formatNumber).join(" · "), limit, verdict];
}
