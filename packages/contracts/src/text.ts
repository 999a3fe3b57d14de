import { z } from "zod";

/**
 * Text that Postgres can store as it is: no NUL character (refused by `text` and `jsonb`) and no lone surrogate
 * (not encodable in UTF-8). `lengthMax` counts UTF-16 units.
 */
export const storableText = (lengthMax: number) =>
  z
    .string()
    .max(lengthMax)
    .refine((text) => !text.includes("\u0000") && text.isWellFormed(), {
      message: "must not contain NUL characters or lone surrogates",
    });

/** Like {@link storableText}, at least one character long. */
export const requiredText = (lengthMax: number) => storableText(lengthMax).min(1);

const timestampMin = Date.UTC(2000, 0, 1);
const timestampMax = Date.UTC(2100, 0, 1);

/** A moment given by a caller: RFC 3339 with offset, between the years 2000 and 2100. */
export const timestampInput = z.iso
  .datetime({ offset: true })
  .refine((text) => Date.parse(text) >= timestampMin && Date.parse(text) < timestampMax, {
    message: "must lie between the years 2000 and 2100",
  });

/** A moment in an answer: RFC 3339 in UTC, milliseconds. */
export const timestampOutput = z.iso.datetime();
