import { parseBody } from "@carewire/service-kit/ingress";

/** The JSON object in a provider's answer; null when it is none. */
export function readJson(body: Buffer): Record<string, unknown> | null {
  const parsed = parseBody(body);
  return parsed.ok ? parsed.body : null;
}
