import { publicId } from "@carewire/envelope";
import type { Response } from "express";
import { sendProblem } from "../problems/problem-result.ts";
import type { Outcome } from "./outcome.ts";
import type { BoundProvider, Reply, SuccessAnswer } from "./provider.ts";

/** Seconds after which a sender should retry while the database is away or the queue is full. */
const retryAfterSeconds = 5;

const forbiddenDetails = {
  address: "Webhooks of this source are not accepted from this address.",
  certificate: "Webhooks of this source are accepted with its client certificate only.",
};

/** For senders that nothing proves, whether what they name is known or not: an answer must not tell what there is. */
export const bareReceipt: Reply = {
  contentType: "application/json; charset=utf-8",
  body: '{"received":true}',
};

/** Answers a request; one status per outcome. */
export function sendAnswer(res: Response, provider: BoundProvider, outcome: Outcome): void {
  switch (outcome.verdict) {
    case "accepted":
    case "duplicate":
    case "conflict": {
      if (outcome.reply) {
        sendReply(res, 200, outcome.reply);
        return;
      }
      const answer = { id: publicId("evt", outcome.eventId), duplicate: outcome.verdict !== "accepted" };
      sendSuccess(res, provider.successBody ? provider.successBody(answer) : defaultBody(answer));
      return;
    }
    case "malformed":
      if (outcome.reply) {
        sendReply(res, 400, outcome.reply);
        return;
      }
      sendProblem(res, "malformed_request", {
        detail: `The request was signed correctly, but ${outcome.reason}.`,
      });
      return;
    case "ignored":
      sendReply(res, 200, bareReceipt);
      return;
    case "unreadable":
      sendProblem(res, "malformed_request", { detail: `Nothing was kept: ${outcome.reason}.` });
      return;
    case "not_found":
      sendProblem(res, "not_found", { detail: "There is nothing at this address." });
      return;
    case "unauthorized":
      // No body: what was wrong with the signature is nobody's business but ours.
      res.writeHead(401, { "content-length": "0" }).end();
      return;
    case "insecure":
      res.setHeader("upgrade", "TLS/1.2, HTTP/1.1").setHeader("connection", "upgrade, close");
      sendProblem(res, "tls_required", { detail: "Webhooks are accepted over HTTPS only." });
      return;
    case "forbidden":
      // Its body is not wanted either.
      res.setHeader("connection", "close");
      sendProblem(res, "sender_not_allowed", { detail: forbiddenDetails[outcome.reason] });
      return;
    case "rate_limited":
      sendProblem(res, "too_many_requests", {
        detail: "This source sends more than it may; send this request again later.",
        retryAfterSeconds: outcome.retryAfterSeconds,
      });
      return;
    case "unsupported_media_type":
      sendProblem(res, "unsupported_media_type", { detail: outcome.detail });
      return;
    case "too_large":
      sendProblem(res, "payload_too_large", {
        detail: `The body is larger than the ${provider.bodyBytesMax} bytes accepted here.`,
      });
      return;
    case "aborted":
      res.destroy();
      return;
    case "unavailable":
      sendProblem(res, "service_unavailable", {
        detail: "The event could not be stored; send it again.",
        retryAfterSeconds,
      });
      return;
  }
}

// Written by hand: it is the hottest answer, and both values are ours.
const defaultBody = ({ id, duplicate }: SuccessAnswer): string =>
  duplicate ? `{"received":true,"id":"${id}","duplicate":true}` : `{"received":true,"id":"${id}"}`;

function sendSuccess(res: Response, body: string): void {
  res.writeHead(200, {
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(body),
  });
  res.end(body);
}

function sendReply(res: Response, status: number, { contentType, body }: Reply): void {
  res.writeHead(status, { "content-type": contentType, "content-length": Buffer.byteLength(body) }).end(body);
}
