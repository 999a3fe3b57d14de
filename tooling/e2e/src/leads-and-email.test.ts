import { createHmac } from "node:crypto";
import { eventually, signStandardWebhookRequest } from "@carewire/testkit";
import { Webhook } from "svix";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isConserved, readBalance } from "./conservation.ts";
import { type ApiClient, createApiClient } from "./world/api-client.ts";
import { standardSecret } from "./world/app-settings.ts";
import { createWorld, type World } from "./world/create-world.ts";
import { subscribe } from "./world/subscribe.ts";

let world: World;
let api: ApiClient;
let gtmUrl: string;
let sequence = 0;

beforeAll(async () => {
  world = await createWorld();
  const [apiApp, gtm] = await Promise.all([
    world.start("subscriptions-api"),
    world.start("ingress-gtm"),
    world.start("ingress-gtm-worker"),
    world.start("dispatcher"),
  ]);
  gtmUrl = gtm.url;
  api = createApiClient({ url: apiApp.url, key: world.tenant.key });
  await subscribe(api, { url: world.receiver.url, count: 1, events: ["lead.*", "email.*"] });
});
afterAll(() => world?.close());

const post = async (path: string, headers: Record<string, string>, body: string) => {
  const response = await fetch(`${gtmUrl}/api/gtm/webhooks/${path}`, { method: "POST", headers, body });
  return { status: response.status, text: await response.text() };
};

/** An event as Resend sends it, signed by Svix's library. */
function sendEmailEvent(type: string, emailId: string, second: number) {
  const id = `msg_${++sequence}`;
  const at = new Date();
  const body = JSON.stringify({
    type,
    created_at: new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString(),
    data: {
      email_id: emailId,
      to: ["patient@example.org"],
      bounce: { type: "Permanent", subType: "General" },
    },
  });
  const headers = {
    "content-type": "application/json",
    "svix-id": id,
    "svix-timestamp": String(Math.floor(at.getTime() / 1_000)),
    "svix-signature": new Webhook(standardSecret).sign(id, at, body),
  };
  return post("resend", headers, body);
}

interface Delivered {
  type: string;
  data: Record<string, unknown>;
}

/** What the subscriber got about `subject`, each message once however often it was sent. */
function receivedAbout(subject: string): Delivered[] {
  const messages = new Map(
    world.receiver
      .requests()
      .map(({ headers, body }) => [headers["webhook-id"], JSON.parse(String(body)) as Delivered]),
  );
  return [...messages.values()].filter(({ data }) => Object.values(data).includes(subject));
}

test("an e-mail's events, in the wrong order, end in one state and tell each end once", async () => {
  for (const [type, second] of [
    ["email.bounced", 3],
    ["email.delivered", 2],
    ["email.sent", 1],
    ["email.bounced", 4],
  ] as const) {
    expect(await sendEmailEvent(type, "em_1", second)).toMatchObject({ status: 200 });
  }
  const told = await eventually(() => {
    const received = receivedAbout("em_1");
    return received.length === 2 && received.map(({ type }) => type).toSorted();
  });
  expect(told).toEqual(["email.bounced", "email.delivered"]);
  await eventually(async () => {
    const [row] = await world.sql`select status, sent_at from emails where email_id = 'em_1'`;
    return row?.status === "bounced" && row.sent_at !== null;
  });
});

test("a form by a signed encoded request is a lead, and comes out with its consent", async () => {
  const body =
    "email=Sam%40Clinic.example&name=Sam+Doe&consent=yes&consent_text=You+may+write.&elapsed_ms=9000";
  const signature = createHmac("sha256", standardSecret).update(body).digest("hex");
  const headers = {
    "content-type": "application/x-www-form-urlencoded",
    "x-webhook-signature": `sha256=${signature}`,
  };
  expect(await post("inbound", headers, body)).toMatchObject({ status: 200 });
  expect((await post("inbound", headers, body)).text).toContain('"duplicate":true');
  const [lead] = await eventually(() => {
    const received = receivedAbout("sam@clinic.example");
    return received.length > 0 && received;
  });
  expect(lead).toMatchObject({
    type: "lead.created",
    data: { name: "Sam Doe", consent: { given: true, text: "You may write." } },
  });
});

test("spam is answered like everything else, told to nobody, and comes out once somebody releases it", async () => {
  const request = signStandardWebhookRequest(
    { email: "kim@clinic.example", _gotcha: "filled" },
    { secret: standardSecret, id: "msg_spam", nowMs: Date.now() },
  );
  expect(await post("inbound", request.headers, request.body.toString())).toMatchObject({ status: 200 });
  const held = await eventually(async () => {
    const { data } = await api.get<{ data: { id: string; reason: string }[] }>(
      "/v1/leads?status=quarantined",
    );
    return data[0];
  });
  expect(held).toMatchObject({ reason: "honeypot" });
  expect(receivedAbout("kim@clinic.example")).toEqual([]);
  await api.post(`/v1/leads/${held.id}/release`, {});
  await eventually(() => receivedAbout("kim@clinic.example").length === 1);
});

test("every delivery is accounted for, and none failed", async () => {
  await eventually(async () => {
    const balance = await readBalance(world.sql);
    return isConserved(balance) && balance.unrouted === 0 && balance.delivered === balance.deliveries;
  });
});
