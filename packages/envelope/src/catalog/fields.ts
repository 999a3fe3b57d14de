import { z } from "zod";

/** An id given by another system: opaque text, whatever it looks like. */
export const foreignId = z.string().min(1).max(255);

/** A three-letter currency code in either case (Stripe writes them small). */
export const currency = z.string().regex(/^[A-Za-z]{3}$/, "must be a three-letter currency code");

/** An RFC 3339 moment with its offset. */
export const moment = z.iso.datetime({ offset: true });

/** Text that PostgreSQL can store: no NUL character, no lone surrogate. */
export const storableText = z.string().refine((text) => !text.includes("\u0000") && text.isWellFormed(), {
  message: "must not contain NUL characters or lone surrogates",
});

/** A {@link foreignId} that is {@link storableText}. */
export const storableId = storableText.min(1).max(255);

const isOfOurTime = (text: string): boolean => text >= "2000" && text < "2100";
const ofOurTime = "must lie between the years 2000 and 2100";

/** A {@link moment} between the years 2000 and 2100. */
export const momentOfOurTime = moment.refine(isOfOurTime, ofOurTime);

/** A date in no time zone, `2026-03-02`, between the years 2000 and 2100. */
export const dateOfOurTime = z.iso.date().refine(isOfOurTime, ofOurTime);
