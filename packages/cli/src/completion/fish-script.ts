import { type CommandWords, valuedOptions } from "./command-words.ts";

const list = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(" ");

function offers({ path, words, options }: CommandWords): string[] {
  const when = `complete -c carewire -n "__carewire_is_at '${path}'"`;
  return [
    ...(words.length === 0 ? [] : [`${when} -f -a '${words.join(" ")}'`]),
    ...options.map(({ long, takesValue, choices }) => {
      const value = choices.length > 0 ? ` -x -a '${choices.join(" ")}'` : takesValue ? " -r" : "";
      return `${when} -l ${long.slice(2)}${value}`;
    }),
  ];
}

/** What is offered depends on the command so far, options and their values left out. */
export const fishScript = (all: readonly CommandWords[]): string => `set -g __carewire_commands ${list(
  all.map(({ path }) => path).filter(Boolean),
)}
set -g __carewire_valued ${list(valuedOptions(all))}
function __carewire_is_at
  set -l at
  set -l is_value no
  for word in (commandline -opc)[2..-1]
    if test $is_value = yes
      set is_value no
    else if contains -- $word $__carewire_valued
      set is_value yes
    else if contains -- (string join ' ' -- $at $word) $__carewire_commands
      set -a at $word
    end
  end
  test "$at" = "$argv[1]"
end
${all.flatMap(offers).join("\n")}`;
