import { problemResult } from "@carewire/service-kit";
import type { Response } from "express";

/** The answer to an id that is no dead letter of the caller's. */
export const noEntry = (res: Response) =>
  problemResult(res, "not_found", { detail: "There is no such dead letter; GET /admin/dlq lists them." });
