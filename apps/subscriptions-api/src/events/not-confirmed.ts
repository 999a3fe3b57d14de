import { problemResult } from "@carewire/service-kit";
import type { Response } from "express";

/** The answer when the database did not confirm a commit in time. */
export const notConfirmed = (res: Response) =>
  problemResult(res, "service_unavailable", {
    detail: "The database did not confirm in time; try again with the same id or Idempotency-Key.",
    retryAfterSeconds: 5,
  });
