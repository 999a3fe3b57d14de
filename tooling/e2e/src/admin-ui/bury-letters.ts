import { eventually } from "@carewire/testkit";
import type { AdminStage } from "./start-admin-stage.ts";

/** What a payload of a profile that nobody can read looks like: its user has a number for an id. */
const unreadable = (email: string) => ({ user_id: 7, email, registration_role: "DOCTOR" });

/** Publishes envelopes that the doctors cannot read, and waits until they are dead letters. Returns their ids. */
export async function buryLetters({ api, world }: AdminStage, emails: string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const email of emails) {
    const body = { topic: "cari.auth.user_created", source_service: "auth", payload: unreadable(email) };
    ids.push((await api.post<{ id: string }>("/v1/envelopes", body)).id);
  }
  await eventually(
    async () => {
      const [row] = await world.sql<{ count: number }[]>`
        select count(*)::int from dead_letters where event_id = any(${ids}) and status = 'open'`;
      return row?.count === emails.length;
    },
    { description: `${emails.length} dead letters` },
  );
  return ids;
}
