import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "tsdown";
import { typesOf } from "./build-package.ts";
import { type PublishedEntry, publishedEntries } from "./published-entries.ts";

/**
 * What each entry offers, by file name in `etc/`: its declarations in one piece and without comments, made by what makes the
 * types that are published. A change of the public interface shows up as a change of these files.
 */
export async function renderApiReports(): Promise<Map<string, string>> {
  const workDir = mkdtempSync(join(tmpdir(), "carewire-sdk-api-"));
  try {
    const reports = await Promise.all(publishedEntries.map((entry) => renderReport(entry, workDir)));
    return new Map(reports);
  } finally {
    rmSync(workDir, { recursive: true, force: true });
  }
}

async function renderReport(entry: PublishedEntry, workDir: string): Promise<[string, string]> {
  const file = entry.name.replaceAll("/", "-");
  const outDir = join(workDir, file);
  await build({ ...typesOf({ [file]: entry.source }), outDir });
  const declarations = readFileSync(join(outDir, `${file}.d.mts`), "utf8");
  const title = entry.subpath.replace(".", "@carewire/sdk");
  return [
    `${file}.api.md`,
    `# API report: \`${title}\`\n\n${note}\n\n\`\`\`ts\n${withoutComments(declarations).trim()}\n\`\`\`\n`,
  ];
}

const note =
  "Made by `npm run api-report` in `packages/sdk`; a test fails when it is out of date. A line that goes or changes here breaks somebody's code.";

const withoutComments = (text: string): string =>
  text.replaceAll(/^\s*\/\*\*[\s\S]*?\*\/\n/gm, "").replaceAll(/^\/\/#.*\n/gm, "");
