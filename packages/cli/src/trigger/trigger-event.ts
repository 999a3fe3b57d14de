import type { CommandContext } from "../command-context.ts";
import { CliError, exitCodes } from "../exit-codes.ts";
import { withData } from "./parse-data.ts";

/** An event type's own example, when the catalog has one. */
async function exampleOf(context: CommandContext, type: string): Promise<Record<string, unknown>> {
  try {
    const { example } = await context.api()({
      method: "GET",
      path: `/v1/event-types/${encodeURIComponent(type)}`,
    });
    return typeof example === "object" && example !== null ? (example as Record<string, unknown>) : {};
  } catch (error) {
    if (
      error instanceof CliError &&
      [exitCodes.notFound, exitCodes.unauthorized].some((code) => code === error.exitCode)
    )
      return {};
    throw error;
  }
}

export interface EventTrigger {
  type: string;
  data: string[];
  subject: string | undefined;
  account: string | undefined;
}

/** Publishes an event: the catalog's example of its type, with what is given. */
export async function triggerEvent(context: CommandContext, { type, data, subject, account }: EventTrigger) {
  const body = {
    type,
    data: withData(await exampleOf(context, type), data),
    ...(subject === undefined ? {} : { subject }),
    ...(account === undefined ? {} : { account_id: account }),
  };
  const published = await context.client().events.publish(body);
  context.output.result(published, () => `published ${published.type} ${published.id}`);
}
