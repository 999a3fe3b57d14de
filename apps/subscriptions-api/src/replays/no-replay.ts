import { problemResult } from "@carewire/service-kit";
import type { Response } from "express";

/** The answer to an id that is no replay job, or another tenant's. */
export const noReplay = (res: Response) =>
  problemResult(res, "not_found", { detail: "There is no such replay." });
