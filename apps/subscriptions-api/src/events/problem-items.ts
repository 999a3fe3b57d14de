import type { ProblemItem } from "@carewire/service-kit";
import type { z } from "zod";

const itemsMax = 50;

/** What zod found, as problem items whose paths start with `prefix`. Messages never quote what was sent. */
export function problemItems(error: z.ZodError, prefix: string[]): ProblemItem[] {
  return error.issues.slice(0, itemsMax).flatMap((issue): ProblemItem[] => {
    const path = [...prefix, ...issue.path.map(String)];
    if (issue.code !== "unrecognized_keys") {
      return [{ path: path.join("."), message: issue.message, code: issue.code }];
    }
    return issue.keys.slice(0, itemsMax).map((key) => ({
      path: [...path, key].join(".").slice(0, 256),
      message: "This field is not known here; check its spelling or leave it out.",
      code: "unknown_field",
    }));
  });
}
