import { problemResult } from "@carewire/service-kit";
import type { Response } from "express";
import { liveSecretsMax } from "./live-secrets.ts";

/** The answer when one more secret would sign beside all those that still do. */
export const tooManySecrets = (res: Response) =>
  problemResult(res, "conflict", {
    detail:
      `${liveSecretsMax} secrets of this subscription are in force. Wait until one expires, or rotate with ` +
      "overlap_seconds 0, which ends all of them at once.",
  });
