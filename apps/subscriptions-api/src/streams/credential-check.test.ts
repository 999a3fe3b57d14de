import { parsePublicId } from "@carewire/envelope";
import type { Principal, PrincipalSession } from "@carewire/service-kit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestApi, type TestApi } from "../testing/start-test-api.ts";
import { endRevoked } from "./credential-check.ts";
import type { EventStream } from "./event-stream.ts";

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});

afterAll(() => api.stop());

/** A new key, and a session made from it; the row's ids. */
async function makeCaller(): Promise<{ principal: Principal; session: PrincipalSession; token: string }> {
  const { key, id: apiKeyId } = await api.tenant.createKey();
  const { body } = await api.send("POST", "/v1/sessions", { key });
  const { organizationId } = api.tenant;
  const session = {
    id: parsePublicId("ses", String(body.session_id)) ?? "",
    expiresAt: Date.parse(String(body.expires_at)),
    accessLinkId: null,
    embedOrigin: null,
  };
  const principal = { apiKeyId, organizationId, accountId: null, scopes: [], name: "test" };
  return { principal, session, token: String(body.token) };
}

/** True when a connection of this caller is ended by a look at the moment `nowMs`. */
async function isEnded(principal: Principal, nowMs = Date.now()): Promise<boolean> {
  let ended = false;
  const stream = {
    send: () => true,
    end() {
      ended = true;
    },
  } as unknown as EventStream;
  await endRevoked(api.sql, [{ principal, stream }], nowMs);
  return ended;
}

test("an open connection lives as long as its key and session", async () => {
  const { principal, session } = await makeCaller();
  expect([await isEnded(principal), await isEnded({ ...principal, session })]).toEqual([false, false]);
});

test("it ends when its session is signed out; one of the key itself does not", async () => {
  const { principal, session, token } = await makeCaller();
  await api.send("DELETE", "/v1/session", { key: token });
  expect([await isEnded(principal), await isEnded({ ...principal, session })]).toEqual([false, true]);
});

test("it ends when its session's time is over, and when its key is revoked", async () => {
  const { principal, session } = await makeCaller();
  expect(await isEnded({ ...principal, session }, session.expiresAt)).toBe(true);
  await api.sql`update api_keys set revoked_at = now() where id = ${principal.apiKeyId}`;
  expect([await isEnded(principal), await isEnded({ ...principal, session })]).toEqual([true, true]);
});
