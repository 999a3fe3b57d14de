import { Argument, type Command } from "commander";
import { bashScript } from "./bash-script.ts";
import { commandWords } from "./command-words.ts";
import { fishScript } from "./fish-script.ts";

const shells = ["bash", "zsh", "fish"] as const;
type Shell = (typeof shells)[number];

/** In a zsh that has not set up completion by itself yet, it is set up first. */
const zshStart = `(( $+functions[compdef] )) || { autoload -U +X compinit && compinit }
autoload -U +X bashcompinit && bashcompinit`;

function completionScript(program: Command, shell: Shell): string {
  const all = commandWords(program);
  switch (shell) {
    case "bash":
      return bashScript(all);
    case "zsh":
      return `${zshStart}\n${bashScript(all)}`;
    case "fish":
      return fishScript(all);
  }
}

/** Adds `completion`, which prints the script that makes a shell complete the commands of `program`. */
export function addCompletion(program: Command): void {
  program
    .command("completion")
    .description("print the script that makes a shell complete commands")
    .addArgument(new Argument("<shell>", "your shell").choices(shells))
    .addHelpText(
      "after",
      "\nExamples:\n  $ source <(carewire completion bash)\n  $ carewire completion fish > ~/.config/fish/completions/carewire.fish",
    )
    .action((shell: Shell) => void process.stdout.write(`${completionScript(program, shell)}\n`));
}
