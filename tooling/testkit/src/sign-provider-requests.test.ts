import { WebhookReceiver } from "livekit-server-sdk";
import { expect, test } from "vitest";
import { signLiveKitRequest } from "./sign-livekit-request.ts";
import { signWhatsAppRequest } from "./sign-whatsapp-request.ts";

test("LiveKit's own library accepts what is signed here", async () => {
  const keys = { apiKey: "APItest", apiSecret: "secret-of-thirty-two-characters-" };
  const { headers, body } = await signLiveKitRequest({ event: "room_started", id: "EV_1" }, keys);
  const receiver = new WebhookReceiver(keys.apiKey, keys.apiSecret);
  const event = await receiver.receive(body.toString(), headers.authorization);
  expect(event).toMatchObject({ event: "room_started", id: "EV_1" });
});

test("WhatsApp bodies are escaped as Meta escapes them, and signed in that form", () => {
  const { headers, body } = signWhatsAppRequest({ text: "café / 😊" }, { appSecret: "secret" });
  expect(body.toString()).toBe('{"text":"caf\\u00e9 \\/ \\ud83d\\ude0a"}');
  expect(headers["x-hub-signature-256"]).toMatch(/^sha256=[0-9a-f]{64}$/);
});
