import { z } from "zod";
import { defineTopic } from "./define.ts";
import { storableId, storableText } from "./fields.ts";

/** Seed 1, "Example: User Created Event". */
export const userCreatedPayload = z.looseObject({
  user_id: storableId,
  email: storableText.min(1).max(320),
  first_name: storableText.optional(),
  last_name: storableText.optional(),
  registration_role: z.string().min(1).max(64),
});

export type UserCreatedPayload = z.infer<typeof userCreatedPayload>;

export const authTopics = [
  defineTopic({
    topic: "cari.auth.user_created",
    description: "A new user registered.",
    schema: userCreatedPayload,
    sample: {
      user_id: "3f0c7a52-54a4-4c0b-9a3d-0a4c6d0f8b11",
      email: "doctor@hospital.org",
      first_name: "Sarah",
      last_name: "Chen",
      registration_role: "DOCTOR",
    },
  }),
] as const;
