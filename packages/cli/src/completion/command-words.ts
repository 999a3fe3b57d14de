import type { Command } from "commander";

/** A command, and what may follow it. */
export interface CommandWords {
  /** `deliveries list`; "" for the program itself. */
  path: string;
  /** Its commands, and what its argument may be. */
  words: string[];
  options: OptionWord[];
}

export interface OptionWord {
  /** `--status` */
  long: string;
  takesValue: boolean;
  /** All there is to give; empty when it can be anything. */
  choices: readonly string[];
}

const help: OptionWord = { long: "--help", takesValue: false, choices: [] };

function optionsOf(command: Command): OptionWord[] {
  const above = command.parent === null ? [] : optionsOf(command.parent);
  const own = command.options.flatMap(({ long, required, optional, argChoices }) =>
    long ? [{ long, takesValue: required || optional, choices: argChoices ?? [] }] : [],
  );
  return [...own, ...above.filter(({ long }) => !own.some((option) => option.long === long))];
}

/** Every command with what may follow it, the program itself first. */
export function commandWords(command: Command, path: string[] = []): CommandWords[] {
  const own = {
    path: path.join(" "),
    words: [
      ...command.commands.map((child) => child.name()),
      ...command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
    ],
    options: [...optionsOf(command), help],
  };
  return [own, ...command.commands.flatMap((child) => commandWords(child, [...path, child.name()]))];
}

/** Options that are followed by a value, which is no command whatever it says. */
export const valuedOptions = (all: readonly CommandWords[]): string[] => [
  ...new Set(
    all.flatMap(({ options }) => options.filter(({ takesValue }) => takesValue).map(({ long }) => long)),
  ),
];
