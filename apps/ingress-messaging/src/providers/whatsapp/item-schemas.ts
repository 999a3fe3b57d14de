import { z } from "zod";
import { statusNames } from "../../messages/status-names.ts";
import { readMessageItem, readStatusItem } from "./read-item.ts";

/** PostgreSQL's text holds no NUL. */
const text = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .refine((value) => !value.includes("\0"), "holds a NUL");
const id = text(255);

/** Absent, null and empty say the same: not told. */
const told = <T extends z.ZodType>(schema: T) =>
  z
    .union([schema, z.literal(""), z.null()])
    .optional()
    .transform((value) => (value ? (value as z.output<T>) : null));

const seconds = z
  .string()
  .regex(/^\d{9,11}$/)
  .transform((digits) => new Date(Number(digits) * 1_000));

const around = {
  metadata: z.object({ phone_number_id: z.string().regex(/^\d{1,32}$/) }).loose(),
  // A contact may be known by its number, by Meta's id of the person, or both.
  contact: z
    .object({ wa_id: told(text(32)), user_id: told(id) })
    .loose()
    .nullish(),
};

const messageItem = z.object({
  ...around,
  message: z
    .object({
      id,
      timestamp: seconds,
      type: text(64),
      from: told(text(32)),
      from_user_id: told(id),
      text: z.object({ body: z.string() }).loose().nullish(),
      context: z
        .object({ id: told(id) })
        .loose()
        .nullish(),
    })
    .loose(),
});

const statusItem = z.object({
  ...around,
  status: z
    .object({
      id,
      timestamp: seconds,
      status: z.enum(statusNames),
      recipient_id: told(text(32)),
      recipient_user_id: told(id),
      errors: z.array(z.object({ code: z.int().min(0).max(2_147_483_647).nullish() }).loose()).nullish(),
    })
    .loose(),
});

/** Reads a request of one message: that message, with what the request says around it. */
export const messageItemSchema = z.preprocess(readMessageItem, messageItem);
/** Reads a request of one status: that change of a sent message's status, with what the request says around it. */
export const statusItemSchema = z.preprocess(readStatusItem, statusItem);

export type MessageItem = z.infer<typeof messageItemSchema>;
export type StatusItem = z.infer<typeof statusItemSchema>;
