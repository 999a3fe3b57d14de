import { problemResult } from "@carewire/service-kit";
import type { Response } from "express";

/** The answer to a key of an account: customers are known to the organization as a whole. */
export const organizationsCustomers = (res: Response) =>
  problemResult(res, "insufficient_scope", {
    detail: "Customers are the organization's; use a key that is not bound to an account.",
  });
