import { randomBytes } from "node:crypto";
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

/** What Orange Money's Web Payment answers with when a payment starts. */
export type StartedOrangePayment = { pay_token: string; payment_url: string; notif_token: string };

type OrangeStatus = "INITIATED" | "PENDING" | "EXPIRED" | "SUCCESS" | "FAILED";

/** Orange Money's API on 127.0.0.1: token, start of a payment, and status, with its checks and error bodies. */
export type FakeOrangeMoney = FakeMobileMoney & {
  /** Puts a payment there as `webpayment` does; it is INITIATED. */
  start(payment: { orderId: string; amount: number }): StartedOrangePayment;
  /** Changes what the status says from now on. */
  become(orderId: string, status: OrangeStatus, transactionId?: string): void;
  /** The notification that Orange would send now: three fields, no order and no amount. */
  notification(orderId: string): { status: string; notif_token: string; txnid: string | null };
};

export type FakeOrangeMoneyOptions = { clientId: string; clientSecret: string; environment?: string };

interface Payment extends StartedOrangePayment {
  amount: number;
  status: OrangeStatus;
  transactionId: string | null;
}

const expiredCredentials = jsonAnswer(401, {
  code: 42,
  message: "Expired credentials",
  description: "The requested service needs credentials, and the ones provided were out-of-date.",
});
const notFound = jsonAnswer(404, { code: 60, message: "Resource not found" });
const badRequest = jsonAnswer(400, { code: 23, message: "Missing body field" });

/** The payments of a fake, and what is answered about them. */
function createPayments() {
  const payments = new Map<string, Payment>();

  function start({ orderId, amount }: { orderId: string; amount: number }): StartedOrangePayment {
    const started = {
      pay_token: randomBytes(32).toString("hex"),
      payment_url: "https://webpayment.example/pay",
      notif_token: randomBytes(16).toString("hex"),
    };
    payments.set(orderId, { ...started, amount, status: "INITIATED", transactionId: null });
    return started;
  }

  return {
    start,
    of(orderId: string): Payment {
      const payment = payments.get(orderId);
      if (payment === undefined) throw new Error(`no payment of order ${orderId} was started`);
      return payment;
    },
    answerStart(request: RecordedRequest): Answer {
      const { order_id: orderId, amount, merchant_key: merchant } = jsonBodyOf(request);
      if (typeof orderId !== "string" || orderId.length > 30) return badRequest;
      if (typeof amount !== "number" || !Number.isInteger(amount) || merchant === undefined)
        return badRequest;
      if (payments.has(orderId)) return jsonAnswer(403, { code: 50, message: "Order id already used" });
      return jsonAnswer(201, { status: 201, message: "OK", ...start({ orderId, amount }) });
    },
    answerStatus(request: RecordedRequest): Answer {
      const { order_id: orderId, amount, pay_token: payToken } = jsonBodyOf(request);
      const payment = typeof orderId === "string" ? payments.get(orderId) : undefined;
      if (payment === undefined || payment.pay_token !== payToken) return notFound;
      if (payment.amount !== amount) return badRequest;
      const { status, transactionId } = payment;
      return jsonAnswer(201, { status, order_id: orderId, txnid: transactionId ?? "" });
    },
  };
}

function answerToken(
  request: RecordedRequest,
  { clientId, clientSecret }: FakeOrangeMoneyOptions,
  token: string,
) {
  const form = new URLSearchParams(request.body.toString());
  if (request.headers.authorization !== basicOf(clientId, clientSecret)) {
    return jsonAnswer(401, { error: "invalid_client", error_description: "unknown client" });
  }
  if (form.get("grant_type") !== "client_credentials") {
    return jsonAnswer(400, { error: "unsupported_grant_type" });
  }
  return jsonAnswer(200, { token_type: "Bearer", access_token: token, expires_in: 3_600 });
}

/** Starts a {@link FakeOrangeMoney} on a free port. */
export async function startFakeOrangeMoney(options: FakeOrangeMoneyOptions): Promise<FakeOrangeMoney> {
  const base = `/orange-money-webpay/${options.environment ?? "dev"}/v1`;
  const tokens = createFakeTokens();
  const payments = createPayments();
  const interjections: Answer[] = [];
  const counts = { token: 0, start: 0, status: 0 };

  function answer(request: RecordedRequest): Answer {
    if (request.method !== "POST") return notFound;
    if (request.path === "/oauth/v3/token") {
      counts.token++;
      return answerToken(request, options, tokens.issue());
    }
    if (!tokens.has(request)) return expiredCredentials;
    if (request.path === `${base}/webpayment`) {
      counts.start++;
      return payments.answerStart(request);
    }
    if (request.path !== `${base}/transactionstatus`) return notFound;
    counts.status++;
    return interjections.shift() ?? payments.answerStatus(request);
  }

  const receiver = await startReceiver({ answer, recordedMax: 1_000 });
  return {
    url: receiver.url,
    start: payments.start,
    become(orderId, status, transactionId = "MP260101.0001.A00001") {
      const isFinal = status === "SUCCESS" || status === "FAILED";
      Object.assign(payments.of(orderId), { status, transactionId: isFinal ? transactionId : null });
    },
    notification(orderId) {
      const { status, notif_token, transactionId: txnid } = payments.of(orderId);
      return { status, notif_token, txnid };
    },
    interject: (...answers) => void interjections.push(...answers),
    revokeTokens: tokens.revoke,
    counts: () => ({ ...counts }),
    close: receiver.close,
  };
}
