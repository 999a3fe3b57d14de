import { type Consumption, consume } from "@carewire/bus";
import { memberAddedPayload, userCreatedPayload } from "@carewire/envelope";
import type { SharedConsumeOptions } from "@carewire/service-kit";
import { createDoctorProfile } from "./handlers/create-doctor-profile.ts";
import { linkMember } from "./handlers/link-member.ts";

/** Starts this service's consumers; each runs until its `stop`. */
export function startConsumers(shared: SharedConsumeOptions): Consumption[] {
  return [
    consume({
      ...shared,
      consumer: "doctors.profiles",
      topics: ["cari.auth.user_created"],
      schemas: new Map([["cari.auth.user_created", userCreatedPayload]]),
      handler: createDoctorProfile(shared),
    }),
    consume({
      ...shared,
      consumer: "doctors.memberships",
      topics: ["cari.organization.member_added"],
      schemas: new Map([["cari.organization.member_added", memberAddedPayload]]),
      handler: linkMember(),
    }),
  ];
}
