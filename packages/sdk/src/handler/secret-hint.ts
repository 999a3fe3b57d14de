import type { WebhookHeaders } from "../verify/webhook-headers.ts";
import type { SecretHint } from "./handler-options.ts";

/** What of a request the function that finds secrets gets to see. */
export function secretHintOf(headers: WebhookHeaders): SecretHint {
  return {
    header(name) {
      const values = valuesOf(headers, name);
      return values.length === 1 ? (values[0] ?? null) : null;
    },
  };
}

function valuesOf(headers: WebhookHeaders, name: string): readonly string[] {
  if (typeof headers.get === "function") return [headers.get(name) ?? []].flat();
  const values = Object.entries(headers).filter(
    ([spelling]) => spelling.toLowerCase() === name.toLowerCase(),
  );
  return values.flatMap(([, value]) => value ?? []);
}
