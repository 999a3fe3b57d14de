import { z } from "zod";

/** An id given by another system: opaque text, whatever it looks like. */
export const foreignId = z.string().min(1).max(255);

/** A three-letter currency code in either case (Stripe writes them small). */
export const currency = z.string().regex(/^[A-Za-z]{3}$/, "must be a three-letter currency code");

/** An RFC 3339 moment with its offset. */
export const moment = z.iso.datetime({ offset: true });
