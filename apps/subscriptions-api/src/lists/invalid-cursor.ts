import { problemResult } from "@carewire/service-kit";
import type { Response } from "express";

/** The answer to a cursor that was not made for this list, these filters and this organization. */
export const invalidCursor = (res: Response) =>
  problemResult(res, "invalid_cursor", {
    detail: "This cursor does not belong to this list with these filters; start again without one.",
  });
