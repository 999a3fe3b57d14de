import type { IdPrefix } from "@carewire/envelope";
import { z } from "zod";

/** A public id in an answer: `<prefix>_` and 26 characters (TypeID). */
export const publicIdSchema = (prefix: IdPrefix) => z.string().regex(new RegExp(`^${prefix}_[0-9a-z]{26}$`));

/** An id in a path. Never refused for its form: what is not an id of ours is simply not found. */
export const idPathParams = z.object({ id: z.string() });
