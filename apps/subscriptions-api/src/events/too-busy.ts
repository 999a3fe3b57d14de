import { problemResult } from "@carewire/service-kit";
import type { Response } from "express";

/** The answer when more is waiting to be stored than we are ready to remember. */
export const tooBusy = (res: Response) =>
  problemResult(res, "service_unavailable", {
    detail: "Too many events are waiting to be stored; nothing of this request was. Try again shortly.",
    retryAfterSeconds: 1,
  });
