import type { RequestHandler } from "express";
import type { ProblemBody } from "./problem-body.ts";

/** A problem as another product's interface would tell it. */
export interface ShapedProblem {
  status: number;
  body: object;
}

/** How a problem of ours is told in that form; deterministic, and as careful with what was sent as a problem is. */
export type ProblemShape = (problem: ProblemBody) => ShapedProblem;

declare global {
  namespace Express {
    interface Locals {
      carewireProblemShape?: ProblemShape;
    }
  }
}

/**
 * Express middleware for routes that promise another product's error form: from here on every problem of this request,
 * whoever finds it, is answered as `application/json` in that form.
 */
export const shapeProblems =
  (shape: ProblemShape): RequestHandler =>
  (_req, res, next) => {
    res.locals.carewireProblemShape = shape;
    next();
  };
