import { expect, it } from "vitest";
import { formatTable } from "./table.ts";

it("marks which targets were met, and says why a row was not finished", () => {
  const table = formatTable([
    {
      name: "speed",
      title: "",
      error: null,
      findings: [
        { name: "delivered", unit: "/s", median: 12_345.6, rounds: [12_000, 12_345.6, 13_000], met: null },
        {
          name: "ratio",
          unit: "×",
          median: 0.4123,
          rounds: [0.4123],
          met: true,
          target: { relation: "at least", value: 0.35 },
        },
        {
          name: "p99",
          unit: "ms",
          median: Number.NaN,
          rounds: [],
          met: false,
          target: { relation: "under", value: 10 },
        },
      ],
    },
    { name: "broken", title: "", error: "the receiver ended\n  at somewhere", findings: [] },
  ]);
  expect(table.split("\n")).toEqual(
    [
      "row    measure       median              rounds                    target         ",
      "─────  ────────────  ──────────────────  ────────────────────────  ─────────────  ──────",
      "speed  delivered     12,346 /s           12,000 · 12,346 · 13,000",
      "       ratio         0.41 ×              0.41                      at least 0.35  met",
      "       p99           – ms                                          under 10       MISSED",
      "       NOT FINISHED  the receiver ended",
    ].map((line) => line.trimEnd()),
  );
});
