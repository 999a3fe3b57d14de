import { problemResult } from "@carewire/service-kit";
import type { Response } from "express";

/** The answer to a name that is no event type of the organization's own; those of the catalog stay as they are. */
export const noOwnType = (res: Response) =>
  problemResult(res, "not_found", { detail: "The organization has no event type of its own of this name." });
