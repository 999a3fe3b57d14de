import type { Output } from "../output/output.ts";
import { printable } from "../output/printable.ts";
import type { ForwardOutcome } from "./forward.ts";
import type { Settled } from "./outcome-reporter.ts";
import type { StreamedDelivery } from "./streamed-delivery.ts";

const clock = (ms: number) => new Date(ms).toTimeString().slice(0, 8);

const faultWords = {
  timeout: "no answer in time",
  dns: "the name does not resolve",
  connect: "nothing listens there",
  tls: "TLS failed",
  reset: "the connection broke",
  protocol: "the answer is no HTTP",
} as const;

/** Shows each request and what was answered, as it happens. */
export function createListenLines({ output, now }: { output: Output; now(): number }) {
  const { colors } = output;
  const shortOf = (delivery: StreamedDelivery) =>
    `${colors.bold(printable(delivery.event_type))} ${colors.dim(printable(delivery.event_id))}`;

  function statusText(outcome: ForwardOutcome): string {
    if ("fault" in outcome) return colors.red(faultWords[outcome.fault]);
    const { status } = outcome.answer;
    const paint = status < 300 ? colors.green : status < 400 ? colors.yellow : colors.red;
    return paint(String(status));
  }

  return {
    request(delivery: StreamedDelivery): void {
      const { delivery_id, event_id, event_type, attempt } = delivery;
      const again = attempt > 1 ? colors.yellow(` attempt ${attempt}`) : "";
      output.event(
        { kind: "request", delivery_id, event_id, event_type, attempt },
        () => `${colors.dim(clock(now()))} ${colors.cyan("-->")} ${shortOf(delivery)}${again}`,
      );
    },
    answer(delivery: StreamedDelivery, outcome: ForwardOutcome): void {
      const { delivery_id, event_id } = delivery;
      const duration_ms = Math.round(outcome.durationMs);
      const said = "answer" in outcome ? { status: outcome.answer.status } : { fault: outcome.fault };
      output.event(
        { kind: "answer", delivery_id, event_id, ...said, duration_ms },
        () =>
          `${colors.dim(clock(now()))} ${colors.cyan("<--")} ${statusText(outcome)} in ${duration_ms} ms  ${shortOf(delivery)}`,
      );
    },
    settled({ delivery_id, in_force, status, reason, next_retry_at }: Settled): void {
      if (status === "delivered" && in_force) return;
      output.event({ kind: "settled", delivery_id, in_force, status, reason, next_retry_at }, () => {
        if (!in_force)
          return colors.dim(`         ${delivery_id}: the answer came too late, it is sent again`);
        const again =
          next_retry_at === null ? "no further attempt" : `again at ${clock(Date.parse(next_retry_at))}`;
        return colors.dim(`         ${printable(reason)}; ${again}`);
      });
    },
    reconnecting(retryMs: number): void {
      output.event({ kind: "reconnecting", retry_ms: retryMs }, () =>
        colors.yellow(
          `${clock(now())} connection lost; connecting again. Nothing is lost: what comes meanwhile waits.`,
        ),
      );
    },
    ready(isAgain: boolean): void {
      if (isAgain) output.event({ kind: "connected" }, () => colors.green(`${clock(now())} connected again`));
    },
  };
}
