import { readFileSync } from "node:fs";
import { eventually, signStandardWebhookRequest } from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isConserved, readBalance } from "./conservation.ts";
import { type ApiClient, createApiClient } from "./world/api-client.ts";
import { standardSecret } from "./world/app-settings.ts";
import { createWorld, type World } from "./world/create-world.ts";
import { subscribe } from "./world/subscribe.ts";

const samples = new URL("../../../apps/ingress-emr/src/providers/hl7v2/samples/", import.meta.url);
const call = {
  event: "video_call.completed",
  patient_external_id: "cus_xyz",
  appointment_id: "appt_789",
  provider_id: "dr_abc",
  call_duration_minutes: 15,
  completed_at: "2026-01-04T22:30:00Z",
};
const address = {
  country: "US",
  region: "TX",
  city: "Austin",
  postal_code: "78701",
  line1: "1 Congress Ave",
};

let world: World;
let api: ApiClient;
let admin: ApiClient;
let emrUrl: string;
let workforceUrl: string;
let sequence = 0;

beforeAll(async () => {
  world = await createWorld();
  const [apiApp, adminApp, emr, workforce] = await Promise.all([
    world.start("subscriptions-api"),
    world.start("dlq-admin"),
    world.start("ingress-emr"),
    world.start("ingress-workforce"),
    world.start("ingress-emr-worker"),
    world.start("ingress-workforce-worker"),
    world.start("dispatcher"),
  ]);
  emrUrl = emr.url;
  workforceUrl = workforce.url;
  api = createApiClient({ url: apiApp.url, key: world.tenant.key });
  admin = createApiClient({ url: adminApp.url, key: world.tenant.key });
  const events = ["compliance.*", "customer.*", "lab_result.*", "appointment.*", "leave.*"];
  await subscribe(api, { url: world.receiver.url, count: 1, events });
});
afterAll(() => world?.close());

/** Sends a request as the provider does, signed by the reference library; resolves with status and body. */
async function send(
  url: string,
  body: object | string,
  { id = `msg_${++sequence}`, contentType = "application/json" } = {},
) {
  const request = signStandardWebhookRequest(body, {
    secret: standardSecret,
    id,
    nowMs: Date.now(),
    contentType,
  });
  const response = await fetch(url, { method: "POST", ...request });
  return { status: response.status, text: await response.text() };
}

const sendCall = (body: object, id?: string) =>
  send(`${emrUrl}/webhooks/emr/video-call-completed`, body, { id });

interface Delivered {
  type: string;
  data: Record<string, unknown>;
}

/** What the subscriber got about `subject`, an id in the payload, each message once however often it was sent. */
function receivedAbout(subject: string): Delivered[] {
  const messages = new Map(
    world.receiver
      .requests()
      .map(({ headers, body }) => [headers["webhook-id"], JSON.parse(String(body)) as Delivered]),
  );
  return [...messages.values()].filter(({ data }) => Object.values(data).includes(subject));
}

const waitFor = (type: string, subject: string): Promise<Delivered> =>
  eventually(() => receivedAbout(subject).find((message) => message.type === type), {
    description: `${type} about ${subject}`,
  });

test("seed 2: a completed video call establishes the customer in the region of the address, and is told once", async () => {
  await api.put("/v1/customers/cus_xyz", {
    email: "jane@example.com",
    name: "Jane Doe",
    addresses: [address],
  });
  await waitFor("customer.created", "cus_xyz");
  expect(await sendCall(call, "msg_first")).toMatchObject({ status: 200 });
  const { data } = await waitFor("compliance.establishment_fulfilled", "cus_xyz");
  expect(data).toMatchObject({
    customer_id: "cus_xyz",
    region_code: "US-TX",
    establishment: { id: expect.stringMatching(/^est_/), established: true },
  });
  expect((await sendCall(call, "msg_first")).text).toContain('"duplicate":true');
  expect(await sendCall(call)).toMatchObject({ status: 200 });
  await eventually(async () => isSettled());
  const fulfilled = receivedAbout("cus_xyz").filter(({ type }) => type.endsWith("fulfilled"));
  expect(fulfilled).toHaveLength(1);
});

async function isSettled(): Promise<boolean> {
  const balance = await readBalance(world.sql);
  return (
    isConserved(balance) &&
    balance.unrouted === 0 &&
    balance.delivered + balance.failed === balance.deliveries
  );
}

test("an establishment that lapsed is told, by the worker that runs anyway", async () => {
  await world.sql`
    update customer_region_establishments set expires_at = now() - interval '1 hour' where customer_id = 'cus_xyz'`;
  const { data } = await waitFor("compliance.establishment_expired", "cus_xyz");
  expect(data).toMatchObject({ region_code: "US-TX", establishment: { established: false } });
});

interface DeadLetter {
  id: string;
  consumer: string;
  cause: string;
  error: string;
  status: string;
}

test("the call of a patient nobody knows is acknowledged, a dead letter, and works on retry once they are known", async () => {
  expect(await sendCall({ ...call, patient_external_id: "cus_nobody" })).toMatchObject({ status: 200 });
  const letter = await eventually(
    async () => (await admin.get<{ data: DeadLetter[] }>("/admin/dlq?cause=lookup_failed")).data[0],
    { description: "the dead letter" },
  );
  expect(letter).toMatchObject({ consumer: "ingress-emr.establish-region", status: "open" });
  expect(letter.error).toContain("PUT /v1/customers/:id");

  await api.put("/v1/customers/cus_nobody", { addresses: [{ ...address, region: "CA" }] });
  await admin.post(`/admin/dlq/${letter.id}/retry`, {});
  const { data } = await waitFor("compliance.establishment_fulfilled", "cus_nobody");
  expect(data).toMatchObject({ region_code: "US-CA" });
  const entry = await admin.get<DeadLetter>(`/admin/dlq/${letter.id}`);
  expect(entry.status).toBe("resolved");
});

test("a laboratory's HL7 message is acknowledged in HL7 and comes out as a lab result", async () => {
  const message = readFileSync(new URL("oru_r01.hl7", samples), "utf8");
  const contentType = "x-application/hl7-v2+er7";
  const answer = await send(`${emrUrl}/webhooks/emr/hl7v2`, message, { contentType });
  expect(answer.status).toBe(200);
  expect(answer.text).toMatch(/^MSH\|.*\|ACK\^R01\^ACK\|.*\rMSA\|AA\|CNTRL-3456\r$/);
  const { data } = await waitFor("lab_result.received", "1045813");
  expect(data).toMatchObject({ patient_id: "pat_456", doctor_id: "dr_abc", status: "F" });
});

test("an appointment booked by another service is told under its public type", async () => {
  await api.post("/v1/envelopes", {
    topic: "cari.scheduling.appointment_booked",
    source_service: "scheduling",
    payload: { appointment_id: "appt_900", patient_id: "pat_456", status: "booked" },
  });
  expect((await waitFor("appointment.booked", "appt_900")).data).toMatchObject({ patient_id: "pat_456" });
});

test("an approved leave is in the roster on each of its days, and told", async () => {
  const leave = {
    leave_id: "leave_1001",
    user_id: "user_17",
    organization_id: "org_9",
    starts_on: "2026-03-02",
    ends_on: "2026-03-04",
    approved_by: "user_3",
    approved_at: "2026-02-20T09:00:00Z",
  };
  const url = `${workforceUrl}/api/workforce/webhooks/leave-approved`;
  expect(await send(url, leave)).toMatchObject({ status: 200 });
  expect((await waitFor("leave.approved", "leave_1001")).data).toEqual(leave);
  const days = await world.sql`select day::text as day from roster_days order by day`;
  expect(days.map(({ day }) => day)).toEqual(["2026-03-02", "2026-03-03", "2026-03-04"]);
});

test("every delivery is accounted for, and the one that failed is the dead letter", async () => {
  await eventually(isSettled);
  expect((await readBalance(world.sql)).failed).toBe(1);
});
