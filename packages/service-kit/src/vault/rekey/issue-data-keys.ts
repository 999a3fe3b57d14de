import { appendAudit, type Sql } from "@carewire/db";
import { dataKeyBytes } from "../data-key-store.ts";
import { createKeyWrapper, type KeyWrapperOptions } from "../key-wrapper.ts";

/** What {@link issueDataKeys} needs. */
export interface IssueOptions extends KeyWrapperOptions {
  random: (byteCount: number) => Uint8Array;
  now: Date;
  /** Organizations whose newest data key is younger than this keep it: a command that was stopped goes on. */
  ageMsMin: number;
  /** Until the new key seals; longer than any process keeps keys in memory, so that all can read what it seals. */
  activationMs: number;
}

const batchMax = 100;
const noId = "00000000-0000-0000-0000-000000000000";

/** Gives every organization a new data key, which seals from `activationMs` on. Returns how many were made. */
export async function issueDataKeys(sql: Sql, options: IssueOptions): Promise<number> {
  const wrapper = createKeyWrapper(options);
  let issued = 0;

  async function issue(organizationId: string, version: number): Promise<void> {
    const bytes = options.random(dataKeyBytes);
    const wrapped = wrapper.wrap({ organizationId, version }, bytes);
    bytes.fill(0);
    await sql.begin(async (tx) => {
      const inserted = await tx`
        insert into data_keys (organization_id, version, key_encryption_key_id, wrapped_key, active_at)
        values (${organizationId}, ${version}, ${wrapped.key_encryption_key_id}, ${wrapped.wrapped_key},
          now() + ${options.activationMs} * interval '1 millisecond')
        on conflict do nothing`;
      if (inserted.count === 0) return;
      issued += 1;
      await appendAudit(tx, {
        organizationId,
        actor: "rekey",
        action: "data_key.issued",
        target: null,
        detail: { version },
        now: options.now,
      });
    });
  }

  for (let after = noId; ; ) {
    const rows = await sql<{ organization_id: string; newest: number }[]>`
      select organization_id, max(version)::int newest from data_keys where organization_id > ${after}
      group by organization_id having max(created_at) <= now() - ${options.ageMsMin} * interval '1 millisecond'
      order by organization_id limit ${batchMax}`;
    for (const { organization_id: organizationId, newest } of rows) await issue(organizationId, newest + 1);
    const last = rows.at(-1);
    if (last === undefined || rows.length < batchMax) return issued;
    after = last.organization_id;
  }
}
