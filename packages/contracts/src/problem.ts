import { z } from "zod";

/** One thing that was wrong with a request. */
export const problemItemSchema = z.object({
  path: z.string().meta({
    description:
      "Dotted path into the body (`events.0.type`); `query.`, `path.` or `headers.` in front elsewhere.",
  }),
  message: z.string(),
  code: z.string(),
});

/** The body of every error answer (RFC 9457, `application/problem+json`). */
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string().regex(/^[a-z_]+$/),
    errors: z.array(problemItemSchema).optional(),
    request_id: z.string(),
  })
  .meta({ id: "Problem", description: "What was wrong, where, and what to do about it." });

export type Problem = z.infer<typeof problemSchema>;
