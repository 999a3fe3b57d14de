import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { renderApiReports } from "../build/render-api-reports.ts";

const folder = new URL("../etc/", import.meta.url);

test("the public interface is the one that was last reviewed; if this is meant: npm run api-report", async () => {
  const reports = await renderApiReports();
  expect(readdirSync(folder).sort()).toEqual([...reports.keys()].sort());
  for (const [name, text] of reports) {
    expect(readFileSync(new URL(name, folder), "utf8"), name).toBe(text);
  }
}, 120_000);
