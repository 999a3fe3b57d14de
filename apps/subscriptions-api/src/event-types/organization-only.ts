import { problemResult } from "@carewire/service-kit";
import type { Response } from "express";

/** The answer to a key of an account that wants to change what all accounts share. */
export const organizationOnly = (res: Response) =>
  problemResult(res, "insufficient_scope", {
    detail: "Event types are the organization's; use a key that is not bound to an account.",
  });
