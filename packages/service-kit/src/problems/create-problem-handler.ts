import { GroupCommitFull } from "@carewire/db";
import type { ErrorRequestHandler } from "express";
import { requestIdOf } from "../http/request-id.ts";
import type { Logger } from "../logging/create-logger.ts";
import { isLostInfrastructure } from "./is-lost-infrastructure.ts";
import type { ProblemDetails } from "./problem-body.ts";
import type { ProblemCode } from "./problem-catalog.ts";
import { ProblemError } from "./problem-error.ts";
import { sendProblem } from "./problem-result.ts";

interface Problem {
  code: ProblemCode;
  details: ProblemDetails;
}

/** The statuses that express and its body reader raise for a request that is wrong (http-errors: `error.status`). */
function problemOfStatus(status: number): Problem | undefined {
  switch (status) {
    case 400:
      return {
        code: "malformed_request",
        details: { detail: "The request could not be read; check its encoding and length." },
      };
    case 413:
      return {
        code: "payload_too_large",
        details: { detail: "The request body is larger than this route accepts." },
      };
    case 415:
      return {
        code: "unsupported_media_type",
        details: { detail: "Send application/json in UTF-8, uncompressed or with gzip, deflate or br." },
      };
    default:
      return undefined;
  }
}

function problemOfError(error: unknown): Problem {
  if (error instanceof ProblemError) return error;
  if (isLostInfrastructure(error)) {
    return {
      code: "service_unavailable",
      details: {
        detail: "A service this request needs is down; nothing was stored. Try again shortly.",
        retryAfterSeconds: 5,
      },
    };
  }
  if (error instanceof GroupCommitFull) {
    return {
      code: "service_unavailable",
      details: {
        detail: "Too much is waiting to be stored; nothing was taken. Try again shortly.",
        retryAfterSeconds: 1,
      },
    };
  }
  const status = error instanceof Error && "status" in error ? Number(error.status) : Number.NaN;
  return (
    problemOfStatus(status) ?? {
      code: "internal_error",
      details: { detail: "Something went wrong on our side. Quote the request_id when you report it." },
    }
  );
}

/**
 * The last express error handler: answers every error as problem+json. Errors of ours are logged with the request id;
 * the caller sees neither message nor stack.
 */
export function createProblemHandler(logger: Logger): ErrorRequestHandler {
  return (error, req, res, next) => {
    const problem = problemOfError(error);
    if (problem.code === "internal_error" || problem.code === "service_unavailable") {
      logger.error(
        { err: error, request_id: requestIdOf(res), method: req.method, code: problem.code },
        "request failed",
      );
    }
    if (res.headersSent) {
      next(error);
      return;
    }
    // A body left unread would be parsed as the next request on this connection.
    if (!req.complete) res.setHeader("connection", "close");
    sendProblem(res, problem.code, problem.details);
  };
}
