import type { ConsumerHandler } from "@carewire/bus";
import { type Clock, newId, type UserCreatedPayload } from "@carewire/envelope";
import { lockDoctor } from "./lock-doctor.ts";

/** The registration role whose users get a profile (seed 1, "Auth Events"). */
const doctorRole = "DOCTOR";

/**
 * `cari.auth.user_created`: gives a newly registered doctor a profile, once, and links the memberships that arrived
 * before it. Users of other roles change nothing.
 */
export function createDoctorProfile({ clock }: { clock: Clock }): ConsumerHandler<UserCreatedPayload> {
  return async (tx, { payload }, { organizationId }) => {
    if (payload.registration_role !== doctorRole) return;
    const { user_id: userId, email, first_name: firstName = null, last_name: lastName = null } = payload;
    await lockDoctor(tx, organizationId, userId);
    await tx`
      insert into doctor_profiles (id, organization_id, user_id, email, first_name, last_name)
      values (${newId(clock.now())}::uuid, ${organizationId}::uuid, ${userId}, ${email}, ${firstName}, ${lastName})
      on conflict (organization_id, user_id) do nothing`;
    await tx`
      update doctor_memberships m set doctor_profile_id = p.id from doctor_profiles p
      where p.organization_id = ${organizationId}::uuid and p.user_id = ${userId}
        and m.organization_id = p.organization_id and m.user_id = p.user_id and m.doctor_profile_id is null`;
  };
}
