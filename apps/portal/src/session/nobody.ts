import { problemResult } from "@carewire/service-kit";
import type { Response } from "express";

/** The answer to a browser without a session, or with one that is over. */
export const nobody = (res: Response) =>
  problemResult(res, "unauthorized", { detail: "Nobody is signed in here, or the session has ended." });
