import type { Response } from "express";
import { problemResult } from "../problems/problem-result.ts";

/** The answer to a cursor that was not made for this list, these filters and this organization. */
export const invalidCursor = (res: Response) =>
  problemResult(res, "invalid_cursor", {
    detail: "This cursor does not belong to this list with these filters; start again without one.",
  });
