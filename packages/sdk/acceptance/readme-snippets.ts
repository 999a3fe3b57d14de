import { readFileSync } from "node:fs";

/** An example of the README. */
export interface Snippet {
  /** Line of the README it begins at. */
  line: number;
  code: string;
}

/** All examples in TypeScript. */
export function readmeSnippets(): Snippet[] {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  return [...readme.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((match) => ({
    line: readme.slice(0, match.index).split("\n").length + 1,
    code: match[1] ?? "",
  }));
}
