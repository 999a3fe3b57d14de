import { z } from "zod";
import { defineTopic } from "./define.ts";
import { storableId, storableText } from "./fields.ts";

/** Seed 1, "Example: Organization Member Added". */
export const memberAddedPayload = z.looseObject({
  organization_id: storableId,
  user_id: storableId,
  role: storableText.min(1).max(64),
});

export type MemberAddedPayload = z.infer<typeof memberAddedPayload>;

export const organizationTopics = [
  defineTopic({
    topic: "cari.organization.member_added",
    description: "A member was added to an organization.",
    schema: memberAddedPayload,
    sample: {
      organization_id: "8a1de4b6-7c55-4a51-9a70-31c0f1f2a9d4",
      user_id: "3f0c7a52-54a4-4c0b-9a3d-0a4c6d0f8b11",
      role: "ORG:DOCTOR",
    },
  }),
] as const;
