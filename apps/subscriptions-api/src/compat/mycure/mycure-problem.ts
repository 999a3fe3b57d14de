import type { MycureError } from "@carewire/contracts";
import type { ProblemDetails, ProblemShape } from "@carewire/service-kit";
import { fieldOf, refusalSentence } from "../refused-fields.ts";

/** What MYCURE calls our fields. */
const mycureNames = { account_id: "account" };

/** FeathersJS's names of errors; its class names are the same words, small and with dashes. */
const feathersNames = {
  400: "BadRequest",
  401: "NotAuthenticated",
  403: "Forbidden",
  404: "NotFound",
  405: "MethodNotAllowed",
  429: "TooManyRequests",
  500: "GeneralError",
  503: "Unavailable",
} as const;

type Status = keyof typeof feathersNames;

const classNameOf = (name: string): string =>
  name.replace(/\B[A-Z]/g, (letter) => `-${letter}`).toLowerCase();

const isStatus = (status: number): status is Status => status in feathersNames;

/** An error as FeathersJS writes it. */
export function mycureError<S extends Status>(
  status: S,
  { detail, errors }: ProblemDetails,
): { status: S; body: MycureError } {
  const name = feathersNames[status];
  return {
    status,
    body: {
      name,
      message: refusalSentence(detail, errors, mycureNames),
      code: status,
      className: classNameOf(name),
      errors: Object.fromEntries((errors ?? []).map((item) => [fieldOf(item, mycureNames), item.message])),
    },
  };
}

/** Every problem in MYCURE's form; what is wrong with a request in itself is a BadRequest. */
export const mycureProblem: ProblemShape = (problem) =>
  mycureError(isStatus(problem.status) ? problem.status : 400, problem);
