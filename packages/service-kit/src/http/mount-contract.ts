import type { AppRouter } from "@ts-rest/core";
import { createExpressEndpoints } from "@ts-rest/express";
import type { Express, RequestHandler } from "express";
import { createJsonBody } from "./json-body.ts";
import { requireContractScope } from "./require-contract-scope.ts";
import { validationProblem } from "./validation-problem.ts";

/** The handlers of a ts-rest contract, as `initServer().router(contract, …)` types them. */
export type ContractRouter<T extends AppRouter> = Parameters<typeof createExpressEndpoints<T>>[1];

/** What {@link mountContract} needs. */
export interface MountOptions<T extends AppRouter> {
  app: Express;
  contract: T;
  router: ContractRouter<T>;
  /** Runs before the body is read; routes whose metadata names a `scope` then require it. */
  authenticate: RequestHandler;
  /** Run between the scope and the body: limits by who calls, and of how many bodies are read at a time. */
  beforeBody?: readonly RequestHandler[];
  /** Largest body, decompressed. Default 262,144. */
  bodyBytesMax?: number;
  /** Run behind the body: a limit that is here is not taken up by who sends slowly. */
  afterBody?: readonly RequestHandler[];
}

/**
 * Serves a ts-rest contract: authentication, scope, strict JSON body, request validation (422 with paths), the
 * handler, response validation (a wrong answer of ours is a 500, not a surprise for the caller).
 */
export function mountContract<T extends AppRouter>(options: MountOptions<T>): void {
  const { authenticate, beforeBody = [], bodyBytesMax, afterBody = [] } = options;
  createExpressEndpoints(options.contract, options.router, options.app, {
    logInitialization: false,
    responseValidation: true,
    globalMiddleware: [
      authenticate,
      requireContractScope,
      ...beforeBody,
      createJsonBody(bodyBytesMax),
      ...afterBody,
    ],
    requestValidationErrorHandler: (error, _req, _res, next) => next(validationProblem(error)),
  });
}
