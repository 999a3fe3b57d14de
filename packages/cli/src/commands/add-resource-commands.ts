import { type Command, Option } from "commander";
import type { CommandContext } from "../command-context.ts";
import { fields, table } from "../output/table.ts";
import { withoutSecrets } from "../output/without-secrets.ts";
import type { RunCommand } from "../program.ts";
import { deliveries } from "../resources/deliveries.ts";
import { dlq } from "../resources/dlq.ts";
import { events } from "../resources/events.ts";
import { fixedTimes, nextPageOptions } from "../resources/list-window.ts";
import type { Given, OptionSpec, ResourceCommand } from "../resources/resource-command.ts";
import { subscriptions } from "../resources/subscriptions.ts";
import { collect } from "./option-values.ts";

function addOption(command: Command, spec: OptionSpec): void {
  const { flags, description, choices, parse, isMany, isRequired } = spec;
  const option = new Option(flags, description);
  if (choices !== undefined) option.choices(choices);
  if (parse !== undefined) option.argParser(parse);
  if (isMany) option.argParser(collect);
  if (isRequired) option.makeOptionMandatory();
  command.addOption(option);
}

type Listed = { data: Record<string, unknown>[]; next_cursor: string | null };

function show(
  { output }: CommandContext,
  { columns, printsSecret }: ResourceCommand,
  given: Given,
  answer: unknown,
): void {
  const shown = printsSecret || given.printSecret === true ? answer : withoutSecrets(answer);
  output.result(shown, () => {
    if (columns === undefined) return fields(output.colors, shown as Record<string, unknown>);
    const { data, next_cursor: next } = shown as Listed;
    const more =
      next === null || next === undefined
        ? ""
        : `\n${output.colors.dim(`more: ${nextPageOptions(given, next)}`)}`;
    return table(output.colors, [...columns], data) + more;
  });
}

/** Adds `events`, `subscriptions`, `deliveries` and `dlq`. */
export function addResourceCommands(program: Command, run: RunCommand): void {
  for (const group of [events, subscriptions, deliveries, dlq]) {
    const parent = program.command(group.name).description(group.description);
    for (const spec of group.commands) {
      const command = parent.command(`${spec.name}${spec.args === undefined ? "" : ` ${spec.args}`}`);
      command.description(spec.description);
      command.addHelpText("after", `\nExamples:\n${spec.examples.map((line) => `  $ ${line}`).join("\n")}`);
      for (const option of spec.options ?? []) addOption(command, option);
      command.action((...called: unknown[]) => {
        const args = called.filter((value): value is string => typeof value === "string");
        return run(command, async (context) => {
          const given = fixedTimes(command.opts<Given>(), context.now());
          show(context, spec, given, await spec.run(context, args, given));
        });
      });
    }
  }
}
