import { createHmac } from "node:crypto";

const timestamp = 1_767_225_600;
const body =
  '{"id":"evt_1","type":"appointment.created","data":{"appointment_id":"appt_1","patient_id":"p"}}';
const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const signature = createHmac("sha256", Buffer.from(secret.slice(6), "base64"))
  .update(`evt_1.${timestamp}.${body}`)
  .digest("base64");

const check = `
const body = ${JSON.stringify(body)};
const headers = { "webhook-id": "evt_1", "webhook-timestamp": "${timestamp}", "webhook-signature": "v1,${signature}" };
const now = ${timestamp * 1000};
async function check() {
  const result = await verifyAsync(body, headers, "${secret}", { now });
  if (!result.ok || result.id !== "evt_1") throw new Error("verifyAsync: " + JSON.stringify(result));
  const atOnce = verify(body, headers, "${secret}", { now });
  const changed = await verifyAsync(body + " ", headers, "${secret}", { now });
  if (changed.ok || changed.code !== "signature_mismatch") throw new Error("verifyAsync accepted a changed body");
  const seen = [];
  const handler = createWebhookHandler({ secrets: "${secret}", now: () => now, idempotency: createMemoryStore() });
  handler.on("appointment.created", (event) => { seen.push(event.data.appointment_id); }).onUnknown(() => {});
  const request = () => new Request("http://127.0.0.1/", { method: "POST", headers, body });
  const statuses = [(await handler.fetch(request())).status, (await handler.fetch(request())).status];
  console.log(JSON.stringify({ atOnce: atOnce.ok || atOnce.code, statuses, seen, names }));
}
check();
`;

/** Imports every entry with \`import\` and receives a webhook twice; prints what it saw. */
export const esmProgram = (entries: readonly string[]): string => `
import { createWebhookHandler, verify, verifyAsync } from "@carewire/sdk";
import { createMemoryStore } from "@carewire/sdk/idempotency";
import { verify as verifyOnly } from "@carewire/sdk/verify";
const names = [];
${entries.map((entry) => `names.push(...Object.keys(await import("${entry}")));`).join("\n")}
if (verifyOnly !== verify) throw new Error("two copies of verify");
${check}`;

/** The same with \`require\`. */
export const cjsProgram = (entries: readonly string[]): string => `
const { createWebhookHandler, verify, verifyAsync } = require("@carewire/sdk");
const { createMemoryStore } = require("@carewire/sdk/idempotency");
const { verify: verifyOnly } = require("@carewire/sdk/verify");
const names = [];
${entries.map((entry) => `names.push(...Object.keys(require("${entry}")));`).join("\n")}
if (verifyOnly !== verify) throw new Error("two copies of verify");
${check}`;

/** A receiver in TypeScript, with a type and a detail of its own, and mistakes that must not compile. */
export const typedProgram = `
import { createWebhookHandler, type KnownWebhookEvent, verify, type VerifyResult } from "@carewire/sdk";
import { createMemoryStore } from "@carewire/sdk/idempotency";
import { verifyAsync } from "@carewire/sdk/verify";

interface Encounter { id: string; patient: { id: string } }
const handler = createWebhookHandler<{ "medical-encounters.created": Encounter }>({
  secrets: ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
  idempotency: createMemoryStore(),
});
handler
  .on("appointment.created", async (event) => {
    const id: string = event.data.appointment_id;
    const details = await event.fetchDetails();
    // @ts-expect-error a field that is not there
    event.data.appointment;
    return [id, details?.status];
  })
  .on("medical-encounters.created", (event) => event.data.patient.id.length)
  .onUnknown((event) => event.type);
// @ts-expect-error misspelt
handler.on("appointment.craeted", () => {});

export function describe(event: KnownWebhookEvent): string {
  return event.type === "order.paid" ? event.data.order_id : event.id;
}
export const result: VerifyResult = verify("{}", new Headers(), undefined);
export const later: Promise<VerifyResult> = verifyAsync(new Uint8Array(), { "webhook-id": ["a"] }, ["whsec_x"]);
export const POST: (request: Request) => Promise<Response> = handler.next();
`;
