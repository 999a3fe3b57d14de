import { Command, Option } from "commander";
import type { CommandContext } from "./command-context.ts";
import { addCommands } from "./commands/add-commands.ts";
import { addResourceCommands } from "./commands/add-resource-commands.ts";
import { addCompletion } from "./completion/completion.ts";
import type { GlobalFlags } from "./config/settings.ts";

/** Runs a command with what its flags say. */
export type RunCommand = (
  command: Command,
  work: (context: CommandContext) => Promise<void> | void,
) => Promise<void>;

const exitCodeHelp = `
Exit codes:
  0 done   1 refused or failed   2 wrong usage or configuration   3 key missing or not allowed
  4 not found   5 not reachable, try again   6 a check found something wrong   130 interrupted

Settings come from flags, then CAREWIRE_URL, CAREWIRE_API_KEY, CAREWIRE_ADMIN_URL, CAREWIRE_ADMIN_API_KEY,
then the profile that carewire login keeps, then a local stack (.carewire/demo.json).

Examples:
  $ carewire listen --forward-to http://localhost:3000/webhooks
  $ carewire trigger stripe:invoice.payment_failed
  $ carewire tail --type 'order.*'
  $ carewire deliveries list --status failed --since 1d --json`;

/** The whole command line. `createContext` is called once the flags are known. */
export function createProgram(
  version: string,
  createContext: (flags: GlobalFlags) => CommandContext,
): Command {
  const program = new Command("carewire")
    .description(
      "Webhooks of Carewire on the command line: receive them locally, make them happen, look at them.",
    )
    .version(version, "-V, --version", "print the version")
    .option("--url <url>", "the API's address")
    .addOption(
      new Option("--api-key <key>", "an API key; better in CAREWIRE_API_KEY, where ps does not show it"),
    )
    .option("--admin-url <url>", "dlq-admin's address")
    .option("--admin-api-key <key>", "an API key with dlq:read, to act with dlq:write")
    .option("--profile <name>", "which profile of carewire login to use")
    .option("--json", "print JSON; one value per line where there is no end")
    // What is wrong with a command line is said where every other error is.
    .configureOutput({ outputError: () => {} })
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .addHelpText("after", exitCodeHelp);
  const run: RunCommand = async (command, work) =>
    work(createContext(command.optsWithGlobals<GlobalFlags>()));
  addCommands(program, run);
  addResourceCommands(program, run);
  addCompletion(program);
  return program;
}
