import { problemResult } from "@carewire/service-kit";
import type { Response } from "express";

/** The answer when the caller knows no such event. */
export const noEvent = (res: Response) =>
  problemResult(res, "not_found", { detail: "There is no such event." });
