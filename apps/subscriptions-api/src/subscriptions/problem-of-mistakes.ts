import type { ProblemDetails, ProblemItem } from "@carewire/service-kit";

const placesMax = 5;

/** The problem details of fields that are wrong, in the words of every other validation. */
export function problemOfMistakes(errors: ProblemItem[]): ProblemDetails {
  const places = errors.slice(0, placesMax).map(({ path }) => path);
  return { detail: `Check ${places.join(", ")}.`, errors };
}
