import { z } from "zod";

/** Items on a page when the caller does not say. */
export const listLimitDefault = 50;
/** Items on a page at most. */
export const listLimitMax = 200;

/** The query parameters every list takes. */
export const listQueryShape = {
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(listLimitMax)
    .default(listLimitDefault)
    .meta({ description: "Items on the page." }),
  cursor: z.string().min(1).max(512).optional().meta({
    description:
      "A `next_cursor` or `prev_cursor` of the same list with the same filters; anything else is 400.",
  }),
};

/** The shape of every list answer, newest first; a null cursor means there is nothing further that way. */
export const listOf = <Item extends z.ZodType>(item: Item) =>
  z.object({
    data: z.array(item),
    next_cursor: z.string().nullable().meta({ description: "Continues with older items." }),
    prev_cursor: z.string().nullable().meta({ description: "Goes back to newer items." }),
  });
