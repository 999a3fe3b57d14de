import { AccessToken, WebhookReceiver } from "livekit-server-sdk";
import { describe, expect, test } from "vitest";
import { signLiveKit } from "./livekit.ts";
import vectors from "./provider-vectors.json" with { type: "json" };
import {
  apiKey,
  apiSecret,
  body,
  bodyText,
  key,
  nowSeconds,
  sha256,
  verify,
} from "./testing/livekit-tokens.ts";

describe("LiveKit's own library", () => {
  async function signedByLiveKit(change: (token: AccessToken) => void = () => {}): Promise<string> {
    const token = new AccessToken(apiKey, apiSecret, { ttl: 300 });
    token.sha256 = sha256;
    change(token);
    return token.toJwt();
  }

  test("signs what we accept", async () => {
    const theirs = await signedByLiveKit();
    expect(verify(theirs, { nowMs: Date.now() })).toMatchObject({ ok: true, matchedSecretIndex: 0 });
  });

  test("accepts what we sign", async () => {
    const ours = signLiveKit(key, Math.floor(Date.now() / 1000), body);
    const received = await new WebhookReceiver(apiKey, apiSecret).receive(bodyText, ours);
    expect(received).toMatchObject({ id: "EV_1", event: "room_started" });
    await expect(new WebhookReceiver(apiKey, apiSecret).receive(`${bodyText} `, ours)).rejects.toThrow(
      "sha256",
    );
  });

  test("signs tokens to join a room, which we refuse", async () => {
    const join = await signedByLiveKit((token) => {
      token.identity = "pat_1";
      token.addGrant({ roomJoin: true, room: "appt_789" });
    });
    expect(verify(join, { nowMs: Date.now() })).toEqual({ ok: false, code: "token_kind" });
  });

  test("signs tokens of its default lifetime of six hours, which we refuse", async () => {
    const long = await signedByLiveKit((token) => {
      token.ttl = "6h";
    });
    expect(verify(long, { nowMs: Date.now() })).toEqual({ ok: false, code: "token_kind" });
  });
});

test("what we sign is, byte for byte, what LiveKit's server signed in the published vector", () => {
  const vector = vectors.vectors.find(({ provider, name }) => provider === "livekit" && name === "valid");
  expect(signLiveKit(key, nowSeconds, Buffer.from(vector?.body ?? ""))).toBe(vector?.headers.authorization);
});
