import { readFileSync } from "node:fs";
import { Webhook as StandardWebhook } from "standardwebhooks";
import { Webhook as SvixWebhook } from "svix";
import { describe, expect, expectTypeOf, test } from "vitest";
import { parsePayload } from "../events/parse-payload.ts";
import { verify } from "../verify/index.ts";
import { signWebhook } from "./sign-webhook.ts";
import { createTestWebhooks, newTestSecret, type TestWebhook } from "./test-webhooks.ts";

const pair = "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==";

const kinds = [
  { scheme: "standard-webhooks", secret: newTestSecret() },
  { scheme: "standard-webhooks", secret: pair },
  { scheme: "svix", secret: newTestSecret() },
  { scheme: "eka", secret: "supersecretkey" },
] as const;

const check = ({ body, headers }: TestWebhook, secrets: string[], scheme: (typeof kinds)[number]["scheme"]) =>
  verify(body, headers, secrets, { scheme });

describe.each(kinds.map((kind) => ({ ...kind, kind: kind.secret.slice(0, 5) })))(
  "$scheme with $kind…",
  ({ scheme, secret }) => {
    const webhooks = createTestWebhooks({ secret, scheme });

    test("a genuine webhook is accepted, whatever its format", () => {
      for (const format of ["envelope", "event", "flat", "thin"] as const) {
        const webhook = createTestWebhooks({ secret, scheme, format }).build("appointment.created");
        expect(check(webhook, webhooks.secrets, scheme)).toMatchObject({ ok: true });
        const parsed = parsePayload(Buffer.from(webhook.body));
        expect(parsed).toMatchObject({
          format,
          type: "appointment.created",
          data: { appointment_id: "appt_789" },
        });
      }
    });

    test.each([
      ["expired", "timestamp_too_old"],
      ["fromFuture", "timestamp_in_future"],
      ["tampered", "signature_mismatch"],
      ["wrongSecret", "signature_mismatch"],
      ["forgedId", "signature_mismatch"],
    ] as const)("%s is refused as %s", (variant, code) => {
      const webhook = webhooks[variant]("order.paid");
      expect(check(webhook, webhooks.secrets, scheme)).toMatchObject({ ok: false, code });
      expect(JSON.parse(webhook.body)).toMatchObject({ type: "order.paid" });
    });

    test("an unsigned one is refused for want of a signature", () => {
      const result = check(webhooks.unsigned("order.paid"), webhooks.secrets, scheme);
      expect(result).toMatchObject({ ok: false, code: expect.stringMatching(/missing/) });
    });
  },
);

test("other libraries judge them alike", () => {
  const webhooks = createTestWebhooks();
  const { body, headers } = webhooks.build("order.paid");
  const [secret = ""] = webhooks.secrets;
  expect(new StandardWebhook(secret).verify(body, headers)).toMatchObject({ type: "order.paid" });
  const tampered = webhooks.tampered("order.paid");
  expect(() => new StandardWebhook(secret).verify(tampered.body, tampered.headers)).toThrow();
  const svix = createTestWebhooks({ secret, scheme: "svix" }).build("order.paid");
  expect(() => new SvixWebhook(secret).verify(svix.body, svix.headers)).not.toThrow();
});

test("during a rotation both secrets sign", () => {
  const [next, old] = [newTestSecret(), newTestSecret()];
  const webhook = createTestWebhooks({ secret: [next, old] }).build("order.paid");
  for (const secret of [next, old]) {
    expect(verify(webhook.body, webhook.headers, secret)).toMatchObject({ ok: true });
  }
});

test("the guide's headers come out as the guide shows them", () => {
  const guide = readFileSync(new URL("../../../../docs/payload-formats.md", import.meta.url), "utf8");
  const [body = ""] = /^\{"id":"evt_01kjmma2zme008000000000001","type".*$/m.exec(guide) ?? [];
  const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  const signedAt = new Date(1_772_366_401_000);
  const headers = signWebhook(body, { secret, id: "evt_01kjmma2zme008000000000001", signedAt });
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\n`);
  expect(guide).toContain(`\n${lines.join("")}`);
});

test("a request carries the bytes that were signed", async () => {
  const webhooks = createTestWebhooks();
  const webhook = webhooks.build("order.paid", { data: { order_id: "Zoë" } });
  const request = webhook.toRequest("http://localhost:1/hooks");
  expect(request.url).toBe("http://localhost:1/hooks");
  expect(verify(await request.arrayBuffer(), request.headers, webhooks.secrets)).toMatchObject({
    ok: true,
    id: webhook.event.id,
  });
});

test("data is typed by its event's type", () => {
  const { event } = createTestWebhooks().build("order.paid", { data: { amount: 5, more: true } });
  expectTypeOf(event.data.amount).toEqualTypeOf<number | undefined>();
  expect(event.data).toMatchObject({ order_id: "order_1001", amount: 5, more: true });
  // @ts-expect-error: an amount is a number
  createTestWebhooks().build("order.paid", { data: { amount: "5" } });
});

test("a secret that cannot sign is refused at once, and not repeated", () => {
  expect(() => createTestWebhooks({ secret: "whpk_hunter2" })).toThrow(/cannot be signed/);
  expect(() => createTestWebhooks({ secret: "whpk_hunter2" })).not.toThrow(/hunter2/);
});
