import type { TailMessage } from "@carewire/contracts";

/** A message, or a place where some are missing. */
export type TailEntry = TailMessage | { event: "gap" };

/** An entry with something to tell it from all others of this page. */
export interface TailLine {
  key: number;
  message: TailEntry;
}

/** Lines that are kept: what scrolled past is found in the lists. */
export const linesMax = 500;

/** The lines with new ones in front, newest first. */
export const withLines = (lines: TailLine[], added: TailLine[]): TailLine[] =>
  [...added.toReversed(), ...lines].slice(0, linesMax);
