import { problemResult } from "@carewire/service-kit";
import type { Response } from "express";

/** The answer to a key of an account: the chain is the organization's, and its parts prove nothing. */
export const notForAccounts = (res: Response) =>
  problemResult(res, "insufficient_scope", {
    detail: "The audit trail is the organization's; use a key that is not bound to an account.",
  });
