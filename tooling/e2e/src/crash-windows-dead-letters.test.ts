import { eventually } from "@carewire/testkit";
import { expect, type TestContext, test } from "vitest";
import { type ApiClient, createApiClient } from "./world/api-client.ts";
import { createWorld, type World } from "./world/create-world.ts";
import { expectDeath } from "./world/expect-death.ts";
import type { RunningApp } from "./world/start-app.ts";

const broken = { user_id: "user_1", registration_role: "DOCTOR" };
const corrected = { ...broken, email: "doctor@hospital.org" };

interface Scene {
  world: World;
  doctors: RunningApp;
  /** The dead letter's id. */
  id: string;
}

interface Entry {
  id: string;
  status: string;
  error: string;
}

/** A world whose doctors service could not parse an event. `settings` are the doctors'. */
async function prepare({ onTestFinished }: TestContext, settings = {}): Promise<Scene> {
  const world = await createWorld();
  onTestFinished(world.close);
  const [{ url }, doctors] = await Promise.all([
    world.start("subscriptions-api"),
    world.start("doctors", settings),
    world.start("dispatcher"),
  ]);
  const api = createApiClient({ url, key: world.tenant.key });
  const envelope = { topic: "cari.auth.user_created", source_service: "auth", payload: broken };
  await api.post("/v1/envelopes", envelope);
  const admin = await startAdmin(world);
  const entry = await eventually(async () => (await admin.get<{ data: Entry[] }>("/admin/dlq")).data[0], {
    description: "a dead letter",
  });
  expect(entry.error).toBe("Failed to parse envelope: missing field 'email'");
  return { world, doctors, id: entry.id };
}

async function startAdmin(world: World, settings = {}): Promise<ApiClient> {
  const { url } = await world.start("dlq-admin", settings);
  return createApiClient({ url, key: world.tenant.key });
}

const profilesOf = ({ sql }: World) => sql`select user_id, email from doctor_profiles`;
const waitUntilResolved = (admin: ApiClient, id: string) =>
  eventually(async () => (await admin.get<Entry>(`/admin/dlq/${id}`)).status === "resolved", {
    description: "the dead letter to be resolved",
  });

const commits = [
  { moment: "before", status: ["open"], again: 202 },
  { moment: "after", status: ["retrying", "resolved"], again: 409 },
] as const;

test.concurrent.for(commits)(
  "dlq-admin killed $moment the commit of a retry: nothing half-done, and who clicks again gets one effect",
  async ({ moment, status, again }, context) => {
    const { world, id } = await prepare(context);
    const failpoint = `dlq.${moment}_commit`;
    const doomed = await world.start("dlq-admin", { FAILPOINT: `${failpoint}:kill` });
    const click = createApiClient({ url: doomed.url, key: world.tenant.key });
    expect(await click.tryPost(`/admin/dlq/${id}/retry`, { payload: corrected })).toBeNull();
    await expectDeath(doomed, failpoint);

    const admin = await startAdmin(world);
    expect(status).toContain((await admin.get<Entry>(`/admin/dlq/${id}`)).status);
    const second = await admin.tryPost(`/admin/dlq/${id}/retry`, { payload: corrected });
    expect(second?.status).toBe(again);
    await waitUntilResolved(admin, id);
    expect(await profilesOf(world)).toEqual([{ user_id: "user_1", email: "doctor@hospital.org" }]);
    expect(await world.sql`select outcome from dead_letter_retries`).toEqual([{ outcome: "resolved" }]);
  },
);

const steps = [
  { failpoint: "consume.before_commit", effects: 0 },
  { failpoint: "consume.after_commit", effects: 1 },
] as const;

test.concurrent.for(steps)(
  "a consumer killed at $failpoint of a retry takes effect once, and the dead letter is resolved",
  async ({ failpoint, effects }, context) => {
    // What cannot be parsed never comes as far as the failpoint.
    const { world, doctors, id } = await prepare(context, { FAILPOINT: `${failpoint}:kill` });
    const admin = await startAdmin(world);
    await admin.post(`/admin/dlq/${id}/retry`, { payload: corrected });
    await expectDeath(doctors, failpoint);
    expect(await profilesOf(world)).toHaveLength(effects);
    await world.start("doctors");
    await waitUntilResolved(admin, id);
    expect(await profilesOf(world)).toHaveLength(1);
    const attempts = await world.sql`select outcome from attempts order by created_at, id`;
    const lost = effects === 0 ? ["lost"] : [];
    expect(attempts.map(({ outcome }) => outcome)).toEqual(["schema", ...lost, "ok"]);
  },
);
