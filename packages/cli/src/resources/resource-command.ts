import type { CommandContext } from "../command-context.ts";
import { wholeNumber } from "../commands/option-values.ts";
import type { Column } from "../output/table.ts";

/** What was given to a command: its options, by their long names in camelCase. */
export type Given = Record<string, string | string[] | number | boolean | undefined>;

export interface OptionSpec {
  /** As commander takes it: `--status <status>`. */
  flags: string;
  description: string;
  choices?: readonly string[];
  /** Reads the value; throws commander's `InvalidArgumentError`. */
  parse?: (value: string) => number;
  /** May be given several times. */
  isMany?: boolean;
  isRequired?: boolean;
}

/** One command on a resource: what it is called, what it takes, what it asks for, and how the answer looks. */
export interface ResourceCommand {
  name: string;
  /** As commander takes them: `<id>`. */
  args?: string;
  description: string;
  options?: readonly OptionSpec[];
  examples: readonly string[];
  run(context: CommandContext, args: string[], given: Given): Promise<unknown>;
  /** Columns of a list; without them the answer is shown field by field. */
  columns?: readonly Column[];
  /** The answer holds a secret that was asked for by name. */
  printsSecret?: boolean;
}

export interface ResourceGroup {
  name: string;
  description: string;
  commands: readonly ResourceCommand[];
}

export const text = (value: Given[string]): string | undefined =>
  typeof value === "string" ? value : undefined;

export const number = (value: Given[string]): number | undefined =>
  typeof value === "number" ? value : undefined;

export const pageOptions: readonly OptionSpec[] = [
  { flags: "--limit <number>", description: "items on the page, 200 at most", parse: wholeNumber(1, 200) },
  { flags: "--cursor <cursor>", description: "next_cursor or prev_cursor of the page before" },
];

export const timeOptions: readonly OptionSpec[] = [
  { flags: "--since <time>", description: "from then on: a time, or how long ago (30m, 2h, 7d)" },
  { flags: "--until <time>", description: "before then" },
];
