import { readEventStream } from "./api/read-event-stream.ts";
import type { CommandContext } from "./command-context.ts";
import { CliError, exitCodes } from "./exit-codes.ts";
import { printable } from "./output/printable.ts";

export interface TailOptions {
  type?: string;
  subscription?: string;
}

const backoffMs = 1_000;

type Data = Record<string, unknown>;
const text = (value: unknown): string => printable(String(value ?? "-"));
const timeOf = (value: unknown): string => new Date(String(value)).toTimeString().slice(0, 8);

function lineOf({ output: { colors } }: CommandContext, event: string, data: Data): string {
  switch (event) {
    case "event":
      return `${colors.dim(timeOf(data.accepted_at))} event     ${colors.bold(text(data.type))} ${colors.dim(text(data.id))}`;
    case "delivery":
      return `${colors.dim(timeOf(data.created_at))} delivery  ${colors.bold(text(data.event_type))} ${text(data.status)} ${colors.dim(`${text(data.id)} to ${text(data.subscription_id)}`)}`;
    case "attempt": {
      const good = data.next_step === "delivered";
      const paint = good ? colors.green : colors.red;
      const took = data.duration_ms === null ? "" : ` in ${text(data.duration_ms)} ms`;
      const why = good ? "" : ` ${text(data.reason)}`;
      return `${colors.dim(timeOf(data.created_at))} attempt   ${colors.bold(text(data.event_type))} ${paint(text(data.response_code ?? data.outcome))}${took}${why} ${colors.dim(text(data.delivery_id))}`;
    }
    default:
      return colors.yellow(`more happened than is shown`);
  }
}

/** `carewire tail`: events, deliveries and attempts as they happen. */
export async function tail(context: CommandContext, { type, subscription }: TailOptions): Promise<void> {
  const { output, interrupted } = context;
  let wasOpen = false;
  let isLossSaid = false;
  while (!interrupted.aborted) {
    let ended: CliError | null = null;
    try {
      await readEventStream(context.place(), {
        path: "/v1/tail",
        query: { type, subscription_id: subscription },
        signal: interrupted,
        onMessage({ event, data }) {
          if (event === "ready") {
            wasOpen = true;
            isLossSaid = false;
            if (output.json) output.event({ kind: "ready" }, () => "");
            else output.note("Ready; Ctrl-C ends it.");
          } else if (event === "end") {
            ended = new CliError("The API key was revoked or has expired.", exitCodes.unauthorized);
          } else output.event({ kind: event, ...data }, () => lineOf(context, event, data));
        },
      });
    } catch (error) {
      if (!wasOpen || !(error instanceof CliError) || error.exitCode !== exitCodes.unreachable) throw error;
    }
    if (ended !== null) throw ended;
    if (interrupted.aborted) return;
    if (!isLossSaid)
      output.note("Connection lost; connecting again. What happens meanwhile is in the lists.");
    isLossSaid = true;
    await context.sleep(backoffMs, interrupted);
  }
}
