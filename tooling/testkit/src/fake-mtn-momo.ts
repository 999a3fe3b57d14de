import {
  basicOf,
  createFakeTokens,
  type FakeMobileMoney,
  jsonAnswer,
  jsonBodyOf,
} from "./fake-mobile-money.ts";
import { startReceiver } from "./receiver.ts";
import type { Answer } from "./receiver-answer.ts";
import type { RecordedRequest } from "./recorded-request.ts";

/** What a payment is asked for with, as `requesttopay` takes it. */
export type MtnPaymentRequest = {
  reference: string;
  amount: string;
  currency: string;
  externalId: string;
  payerId: string;
};

type MtnStatus = "PENDING" | "SUCCESSFUL" | "FAILED";

/** MTN MoMo's Collections API on 127.0.0.1: token, request to pay, and status, with its checks and error bodies. */
export type FakeMtnMomo = FakeMobileMoney & {
  /** Puts a payment there as `requesttopay` does; it is PENDING. */
  start(request: MtnPaymentRequest): void;
  /** Changes what the status says from now on; `change` may also contradict what was asked for. */
  become(reference: string, status: MtnStatus, change?: Record<string, unknown>): void;
  /** The callback that MTN would send now: the body of a status read, without the reference. */
  callback(reference: string): Record<string, unknown>;
};

export type FakeMtnMomoOptions = {
  apiUser: string;
  apiKey: string;
  subscriptionKey: string;
  targetEnvironment?: string;
};

const paymentPath = "/collection/v1_0/requesttopay";
const notFound = jsonAnswer(404, {
  code: "RESOURCE_NOT_FOUND",
  message: "Requested resource was not found.",
});
const denied = jsonAnswer(401, {
  statusCode: 401,
  message: "Access denied due to invalid subscription key.",
});
const rejected: Answer = {
  status: 200,
  headers: { "content-type": "text/html" },
  body: "<html><head><title>Request Rejected</title></head><body>The requested URL was rejected.</body></html>",
};

/** The payments of a fake, and what is answered about them. */
function createPayments() {
  const payments = new Map<string, Record<string, unknown>>();
  return {
    start({ reference, payerId, ...request }: MtnPaymentRequest): void {
      const payer = { partyIdType: "MSISDN", partyId: payerId };
      payments.set(reference, { ...request, payer, payerMessage: "", payeeNote: "", status: "PENDING" });
    },
    of: (reference: string) => payments.get(reference),
    change(reference: string, change: Record<string, unknown>): void {
      const payment = payments.get(reference);
      if (payment === undefined) throw new Error(`no payment ${reference} was asked for`);
      payments.set(reference, { ...payment, ...change });
    },
    answerStart(request: RecordedRequest): Answer {
      const reference = request.headers["x-reference-id"];
      const { amount, currency, externalId, payer } = jsonBodyOf(request);
      if (typeof reference !== "string" || typeof amount !== "string") return jsonAnswer(400, {});
      if (payments.has(reference)) {
        return jsonAnswer(409, { code: "RESOURCE_ALREADY_EXIST", message: "Duplicated reference id." });
      }
      payments.set(reference, { amount, currency, externalId, payer, status: "PENDING" });
      return { status: 202 };
    },
    answerStatus(reference: string): Answer {
      const payment = payments.get(reference);
      return payment === undefined ? notFound : jsonAnswer(200, payment);
    },
  };
}

/** What the real token endpoint is known to do with bodies it does not like. */
function answerToken(
  request: RecordedRequest,
  { apiUser, apiKey }: FakeMtnMomoOptions,
  token: string,
): Answer {
  if (request.body.length === 0) return { status: 411 };
  if (!request.headers["content-type"]?.startsWith("application/json")) return rejected;
  if (request.headers.authorization !== basicOf(apiUser, apiKey)) {
    return jsonAnswer(401, { error: "login_failed" });
  }
  if (jsonBodyOf(request).grant_type !== "client_credentials") return jsonAnswer(400, { error: "bad_grant" });
  return jsonAnswer(200, { access_token: token, token_type: "access_token", expires_in: 3_600 });
}

/** Starts a {@link FakeMtnMomo} on a free port. */
export async function startFakeMtnMomo(options: FakeMtnMomoOptions): Promise<FakeMtnMomo> {
  const { subscriptionKey, targetEnvironment = "sandbox" } = options;
  const tokens = createFakeTokens();
  const payments = createPayments();
  const interjections: Answer[] = [];
  const counts = { token: 0, start: 0, status: 0 };

  function answer(request: RecordedRequest): Answer {
    if (request.headers["ocp-apim-subscription-key"] !== subscriptionKey) return denied;
    if (request.method === "POST" && request.path === "/collection/token/") {
      counts.token++;
      return answerToken(request, options, tokens.issue());
    }
    if (!tokens.has(request)) return jsonAnswer(401, { error: "invalid_token" });
    if (request.headers["x-target-environment"] !== targetEnvironment) {
      return jsonAnswer(500, { code: "NOT_ALLOWED_TARGET_ENVIRONMENT", message: "Not allowed." });
    }
    if (request.method === "POST" && request.path === paymentPath) {
      counts.start++;
      return payments.answerStart(request);
    }
    if (request.method !== "GET" || !request.path.startsWith(`${paymentPath}/`)) return notFound;
    counts.status++;
    return interjections.shift() ?? payments.answerStatus(request.path.slice(paymentPath.length + 1));
  }

  const receiver = await startReceiver({ answer, recordedMax: 1_000 });
  return {
    url: receiver.url,
    start: payments.start,
    become(reference, status, change = {}) {
      const transaction = status === "SUCCESSFUL" ? { financialTransactionId: "1927264368" } : {};
      payments.change(reference, { status, ...transaction, ...change });
    },
    callback: (reference) => ({ ...payments.of(reference) }),
    interject: (...answers) => void interjections.push(...answers),
    revokeTokens: tokens.revoke,
    counts: () => ({ ...counts }),
    close: receiver.close,
  };
}
