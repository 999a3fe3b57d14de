import { eventually, type SignedRequest, signLiveKitRequest, signWhatsAppRequest } from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isConserved, readBalance } from "./conservation.ts";
import { createApiClient } from "./world/api-client.ts";
import { livekitKeys, whatsappSecret } from "./world/app-settings.ts";
import { createWorld, type World } from "./world/create-world.ts";
import { subscribe } from "./world/subscribe.ts";

let world: World;
let livekitUrl: string;
let whatsappUrl: string;

beforeAll(async () => {
  world = await createWorld();
  const [apiApp, telemedicine, messaging] = await Promise.all([
    world.start("subscriptions-api"),
    world.start("ingress-telemedicine"),
    world.start("ingress-messaging"),
    world.start("ingress-telemedicine-worker"),
    world.start("ingress-messaging-worker"),
    world.start("dispatcher"),
  ]);
  livekitUrl = `${telemedicine.url}/api/webhooks/livekit`;
  whatsappUrl = `${messaging.url}/webhook`;
  const api = createApiClient({ url: apiApp.url, key: world.tenant.key });
  await subscribe(api, { url: world.receiver.url, count: 1, events: ["call.*", "message.*"] });
});
afterAll(() => world?.close());

async function post(url: string, request: SignedRequest): Promise<number> {
  const response = await fetch(url, { method: "POST", ...request });
  await response.body?.cancel();
  return response.status;
}

interface Delivered {
  type: string;
  data: Record<string, unknown>;
}

/** What the subscriber got of this type about `subject`, an id in the payload, once it is there. */
function waitFor(type: string, subject: string): Promise<Delivered> {
  return eventually(
    () =>
      world.receiver
        .requests()
        .map(({ body }) => JSON.parse(String(body)) as Delivered)
        .find((message) => message.type === type && Object.values(message.data).includes(subject)),
    { description: `${type} about ${subject}` },
  );
}

test("a video visit signed by LiveKit becomes state, and a completed call for subscribers", async () => {
  const room = { sid: "RM_e2e", name: "appt_789", metadata: '{"customer_id":"cus_xyz"}' };
  const participant = { sid: "PA_e2e", identity: "dr_abc" };
  const events = [
    { event: "room_started", id: "EV_1", createdAt: "1767225600", room },
    { event: "participant_joined", id: "EV_2", createdAt: "1767225601", room, participant },
    {
      event: "track_published",
      id: "EV_3",
      createdAt: "1767225602",
      room,
      participant,
      track: { sid: "TR_e2e" },
    },
    { event: "room_finished", id: "EV_4", createdAt: "1767226500", room },
  ];
  for (const event of events)
    expect(await post(livekitUrl, await signLiveKitRequest(event, livekitKeys))).toBe(200);

  const { data } = await waitFor("call.completed", "RM_e2e");
  expect(data).toMatchObject({ call_id: "RM_e2e", customer_id: "cus_xyz" });
  const ended = async () => {
    const [row] = await world.sql`
      select s.status session, p.status participant, t.status track from telemedicine_sessions s
      join telemedicine_participants p using (room_sid) join telemedicine_tracks t using (room_sid)`;
    return row?.session === "finished" && row.participant === "left" && row.track === "unpublished";
  };
  expect(await eventually(ended)).toBe(true);
});

test("one WhatsApp request with a message, receipts and poison becomes one delivery each, and one dead letter", async () => {
  const metadata = { display_phone_number: "15550783881", phone_number_id: "106540352242922" };
  const contact = { profile: { name: "Renée" }, user_id: "US.1" };
  const message = {
    id: "wamid.in",
    from_user_id: "US.1",
    timestamp: "1767225600",
    type: "text",
    text: { body: "café / 😊" },
  };
  const status = { id: "wamid.out", timestamp: "1767225601", recipient_id: "16505551234" };
  const value = {
    messaging_product: "whatsapp",
    metadata,
    contacts: [contact],
    messages: [message, { id: "wamid.poison" }],
    statuses: [
      { ...status, status: "delivered" },
      { ...status, status: "read", timestamp: "1767225602" },
    ],
  };
  const body = {
    object: "whatsapp_business_account",
    entry: [{ id: "1", changes: [{ field: "messages", value }] }],
  };
  expect(await post(whatsappUrl, signWhatsAppRequest(body, { appSecret: whatsappSecret }))).toBe(200);

  const { data } = await waitFor("message.received", "wamid.in");
  expect(data).toMatchObject({ sender_id: "US.1", text: "café / 😊" });
  await waitFor("message.read", "wamid.out");
  const letters = await eventually(async () => {
    const rows = await world.sql`select cause, topic from dead_letters`;
    return rows.length > 0 && rows;
  });
  expect([...letters]).toEqual([{ cause: "schema", topic: "cari.messaging.whatsapp_message_received" }]);
  expect(await world.sql`select status from messaging_statuses`).toEqual([{ status: "read" }]);
});

test("every delivery of all that is accounted for, and only the poison failed", async () => {
  const balance = await eventually(async () => {
    const current = await readBalance(world.sql);
    return current.unrouted === 0 && current.delivered + current.failed === current.deliveries && current;
  });
  expect(isConserved(balance)).toBe(true);
  expect(balance.failed).toBe(1);
});
