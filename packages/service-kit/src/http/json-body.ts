import { isUtf8 } from "node:buffer";
import type { Request, RequestHandler, Response } from "express";
import { ProblemError } from "../problems/problem-error.ts";
import { acceptsContentType } from "./content-type.ts";
import { inflateBody, isContentCoding } from "./inflate.ts";
import { parseBody } from "./parse-body.ts";
import { readBody } from "./read-body.ts";

declare global {
  namespace Express {
    interface Locals {
      carewireRawBody?: Buffer;
    }
  }
}

/** The default limit of a JSON body, decompressed: 256 KiB. */
export const defaultBodyBytesMax = 262_144;

/** The exact bytes of the body {@link createJsonBody} read (decompressed); empty when there was none. */
export function rawBodyOf(res: Response): Buffer {
  return res.locals.carewireRawBody ?? Buffer.alloc(0);
}

function hasBody(req: Request): boolean {
  return req.headers["transfer-encoding"] !== undefined || Number(req.headers["content-length"] ?? 0) > 0;
}

const tooLarge = (bytesMax: number) =>
  new ProblemError("payload_too_large", { detail: `The request body may have ${bytesMax} bytes at most.` });

const malformed = (reason: string) =>
  new ProblemError("malformed_json", { detail: `The request body was refused: ${reason}.` });

async function readBytes(req: Request, bytesMax: number): Promise<Buffer> {
  const coding = (req.headers["content-encoding"] ?? "identity").trim().toLowerCase();
  if (coding !== "identity" && !isContentCoding(coding)) {
    throw new ProblemError("unsupported_media_type", {
      detail: "Send the body uncompressed, or with gzip, deflate or br.",
    });
  }
  const read = await readBody(req, bytesMax);
  if (!read.ok) throw read.reason === "too_large" ? tooLarge(bytesMax) : malformed("it ended early");
  if (coding === "identity") return read.bytes;
  const inflated = await inflateBody(coding, read.bytes, bytesMax);
  if (!inflated.ok)
    throw inflated.reason === "too_large" ? tooLarge(bytesMax) : malformed(`it is not valid ${coding}`);
  return inflated.bytes;
}

/**
 * Express middleware that reads a JSON body strictly into `req.body`; a request without a body passes untouched.
 * Refuses with 415 what is not `application/json` in UTF-8 (before reading it), with 413 what exceeds `bytesMax`, also
 * once decompressed, and with 400 what is no JSON object, nests deeper than 64 or could change a prototype.
 */
export function createJsonBody(bytesMax: number = defaultBodyBytesMax): RequestHandler {
  return async (req, res, next) => {
    if (!hasBody(req)) {
      next();
      return;
    }
    if (!acceptsContentType(req.headers["content-type"], ["application/json"])) {
      throw new ProblemError("unsupported_media_type", {
        detail: "Send the body as application/json in UTF-8.",
      });
    }
    const bytes = await readBytes(req, bytesMax);
    if (!isUtf8(bytes)) throw malformed("it is not valid UTF-8");
    const parsed = parseBody(bytes);
    if (!parsed.ok) throw malformed(parsed.reason);
    res.locals.carewireRawBody = bytes;
    req.body = parsed.body;
    next();
  };
}
