import { type CommandWords, valuedOptions } from "./command-words.ts";

const patterns = (words: readonly string[]): string => words.map((word) => `"${word}"`).join("|");

/** Offers nothing for a value that can be anything: the shell then offers files. */
function valueCases(all: readonly CommandWords[]): string[] {
  return all.flatMap(({ path, options }) =>
    options
      .filter(({ takesValue }) => takesValue)
      .map(({ long, choices }) => `    "${`${path} ${long}`.trim()}") offered="${choices.join(" ")}" ;;`),
  );
}

/** Bash's way of completing. No variable is called `path` or `words`: they are something else in zsh, which runs it too. */
export function bashScript(all: readonly CommandWords[]): string {
  const wordCases = all.map(
    ({ path, words, options }) =>
      `    "${path}") offered="${[...words, ...options.map(({ long }) => long)].join(" ")}" ;;`,
  );
  return `_carewire() {
  local at="" further="" offered="" last="\${COMP_WORDS[COMP_CWORD-1]}" i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "\${COMP_WORDS[i]}" in ${patterns(valuedOptions(all))}) i=$((i + 1)); continue ;; esac
    further="\${at:+$at }\${COMP_WORDS[i]}"
    case "$further" in ${patterns(all.map(({ path }) => path).filter(Boolean))}) at="$further" ;; esac
  done
  case "$at" in
${wordCases.join("\n")}
  esac
  case "\${at:+$at }$last" in
${valueCases(all).join("\n")}
  esac
  COMPREPLY=($(compgen -W "$offered" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _carewire carewire`;
}
