import type { ConsumerHandler } from "@carewire/bus";
import type { MemberAddedPayload } from "@carewire/envelope";
import { lockDoctor } from "./lock-doctor.ts";

/**
 * `cari.organization.member_added`: records the membership and links it to the user's profile; when the profile is not
 * there yet, creating it links the membership. Of several events for the same membership the latest one's role counts,
 * in whatever order they arrive (of two at the same moment, the greater role, so that order never matters).
 */
export function linkMember(): ConsumerHandler<MemberAddedPayload> {
  return async (tx, { timestamp, payload }, { organizationId }) => {
    const { user_id: userId, organization_id: memberOf, role } = payload;
    await lockDoctor(tx, organizationId, userId);
    await tx`
      insert into doctor_memberships as m (organization_id, user_id, member_of, role, doctor_profile_id, joined_at)
      values (${organizationId}::uuid, ${userId}, ${memberOf}, ${role},
        (select id from doctor_profiles where organization_id = ${organizationId}::uuid and user_id = ${userId}),
        ${timestamp}::timestamptz)
      on conflict (organization_id, user_id, member_of) do update
        set role = excluded.role, joined_at = excluded.joined_at
        where (excluded.joined_at, excluded.role) > (m.joined_at, m.role)`;
  };
}
