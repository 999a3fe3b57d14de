import type { Command } from "commander";
import { CliError, exitCodes } from "../exit-codes.ts";

export const shells = ["bash", "zsh", "fish"] as const;

interface Words {
  /** `deliveries list`, "" for the program itself. */
  path: string;
  words: string[];
}

/** Every command with what may follow it: its commands and its long options. */
function wordsOf(command: Command, path: string[] = []): Words[] {
  const options = [...command.options, ...(command.parent?.options ?? [])].flatMap(({ long }) =>
    long ? [long] : [],
  );
  const words = [...command.commands.map((child) => child.name()), ...new Set([...options, "--help"])];
  return [
    { path: path.join(" "), words },
    ...command.commands.flatMap((child) => wordsOf(child, [...path, child.name()])),
  ];
}

function bash(all: Words[]): string {
  const cases = all.map(({ path, words }) => `    "${path}") words="${words.join(" ")}" ;;`).join("\n");
  return `_carewire() {
  local path="" words="" i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "\${COMP_WORDS[i]}" in -*) ;; *) [ -n "$path" ] && path="$path "; path="$path\${COMP_WORDS[i]}" ;; esac
  done
  case "$path" in
${cases}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _carewire carewire`;
}

function fish(all: Words[]): string {
  return all
    .flatMap(({ path, words }) => {
      const when =
        path === "" ? "__fish_use_subcommand" : `__fish_seen_subcommand_from ${path.split(" ").at(-1)}`;
      const plain = words.filter((word) => !word.startsWith("--")).join(" ");
      const long = words.filter((word) => word.startsWith("--")).map((word) => word.slice(2));
      return [
        ...(plain === "" ? [] : [`complete -c carewire -f -n '${when}' -a '${plain}'`]),
        ...long.map((word) => `complete -c carewire -n '${when}' -l ${word}`),
      ];
    })
    .join("\n");
}

/** The script that makes a shell complete the commands of `program`. */
export function completionScript(program: Command, shell: string): string {
  const all = wordsOf(program);
  switch (shell) {
    case "bash":
      return bash(all);
    case "zsh":
      return `autoload -U +X bashcompinit && bashcompinit\n${bash(all)}`;
    case "fish":
      return fish(all);
    default:
      throw new CliError(`There is completion for ${shells.join(", ")}, not for ${shell}.`, exitCodes.usage);
  }
}
