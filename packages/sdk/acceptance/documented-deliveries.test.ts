import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { createWebhookHandler } from "../src/handler/create-webhook-handler.ts";
import type { WebhookHandlerOptions } from "../src/handler/handler-options.ts";

// The page's examples are made by the code that sends; a test of the dispatcher compares the two.
const page = readFileSync(new URL("../../../docs/payload-formats.md", import.meta.url), "utf8");
const signedAtMs = 1_772_366_401_000;

/** The first block of a language after a heading. */
function blockAfter(heading: string, language: string): string {
  const at = page.indexOf(`\n### ${heading}`);
  const [, block] = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\\n\`\`\``).exec(page.slice(at)) ?? [];
  if (at < 0 || block === undefined)
    throw new Error(`docs/payload-formats.md has no ${language} under ${heading}`);
  return block;
}

const headersAfter = (heading: string) =>
  Object.fromEntries(
    blockAfter(heading, "http")
      .split("\n")
      .map((line) => line.split(": ") as [string, string]),
  );

const shared = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const publicKey = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=";

test.each<[string, string, Partial<WebhookHandlerOptions>]>([
  ["`envelope`", "`standard-webhooks` with a shared secret", { secrets: shared }],
  ["`envelope`", "`standard-webhooks` with a key pair", { secrets: [shared, publicKey] }],
  ["`flat`", "`svix`", { secrets: shared }],
  ["`thin`", "`eka`", { secrets: "supersecretkey", scheme: "eka" }],
  ["`event`", "`none`", { allowUnsigned: true } as Partial<WebhookHandlerOptions>],
])("the handler takes what Carewire sends: %s under %s", async (format, scheme, options) => {
  const seen: string[] = [];
  const handler = createWebhookHandler({ now: () => signedAtMs, ...options } as WebhookHandlerOptions);
  handler
    .on("appointment.created", ({ id, data }) => void seen.push(`${id} ${data.appointment_id}`))
    .onUnknown(() => {});
  const request = { method: "POST", headers: headersAfter(scheme), body: blockAfter(format, "json") };
  const response = await handler.fetch(new Request("http://127.0.0.1/", request));
  expect(response.status).toBe(200);
  expect(seen).toEqual(["evt_01kjmma2zme008000000000001 appt_789"]);
});
