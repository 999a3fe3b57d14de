import { problemResult } from "@carewire/service-kit";
import type { Response } from "express";

/** The answer to an id that is no delivery, or another tenant's. */
export const noDelivery = (res: Response) =>
  problemResult(res, "not_found", { detail: "There is no such delivery." });
