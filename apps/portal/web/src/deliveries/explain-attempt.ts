/** What is known of one try, as the API tells it. */
export interface AttemptFacts {
  outcome: string;
  response_code: number | null;
  next_step: string;
  response_headers: Record<string, unknown> | null;
}

/** An attempt in words: what happened, and what whoever runs the endpoint can do. */
export interface Explanation {
  title: string;
  meaning: string;
  advice: string[];
}

/** Explains an attempt. Pure; knows every outcome that the dispatcher records, and says so of one it does not know. */
export function explainAttempt(attempt: AttemptFacts): Explanation {
  if (attempt.next_step === "delivered") return delivered(attempt);
  if (attempt.response_code !== null && attempt.outcome.startsWith("http_")) return explainStatus(attempt);
  return byOutcome[attempt.outcome] ?? unknownOutcome(attempt.outcome);
}

const delivered = ({ response_code }: AttemptFacts): Explanation => ({
  title: "Delivered",
  meaning: `Your endpoint answered ${response_code ?? "with a success"} and has the message.`,
  advice: [],
});

const unknownOutcome = (outcome: string): Explanation => ({
  title: "Not delivered",
  meaning: `The attempt ended as “${outcome}”.`,
  advice: ["The reason beside it says what happens next."],
});

function explainStatus({ response_code, response_headers }: AttemptFacts): Explanation {
  const status = response_code ?? 0;
  const known = byStatus[status];
  if (known) return known;
  if (status >= 200 && status <= 299) return strictSuccess(status);
  if (status >= 300 && status <= 399) return redirected(status, response_headers);
  if (status >= 500) return serverError(status);
  return {
    title: `Your endpoint answered ${status}`,
    meaning: "It received the request and refused it.",
    advice: [
      "Read the response body below: it usually says what was wrong.",
      "Compare the body with what your code expects.",
    ],
  };
}

const strictSuccess = (status: number): Explanation => ({
  title: `Answered ${status}, which does not count here`,
  meaning: "This endpoint is set to count only 200 as delivered.",
  advice: ["Answer exactly 200, or set “Counts as delivered” of the endpoint to any 2xx."],
});

function redirected(status: number, headers: Record<string, unknown> | null): Explanation {
  const location = headers?.location;
  const target = typeof location === "string" ? `: ${location}` : "";
  return {
    title: `Answered ${status}, a redirect`,
    meaning: `Redirects are never followed, because they could lead a signed message elsewhere${target}.`,
    advice: [
      "Set the endpoint’s URL to where it redirects to. Often it is a missing or extra slash at the end, or http instead of https.",
    ],
  };
}

const serverError = (status: number): Explanation => ({
  title: `Your endpoint failed with ${status}`,
  meaning: "It received the request, and something broke while handling it.",
  advice: [
    "Look for the message id (webhook-id) in your server’s log around this time.",
    "Store the message first and answer 2xx, then work on it: what breaks later needs no retry from us.",
  ],
});

const byStatus: Record<number, Explanation> = {
  400: {
    title: "Answered 400: your endpoint did not accept the request",
    meaning: "Most often it could not parse the body, or its signature check failed.",
    advice: [
      "Verify the signature over the raw bytes, before any JSON parsing.",
      "Check that your code expects the payload format this endpoint is set to.",
      "Use “Verify a signature” with the secret that your server holds.",
    ],
  },
  401: refusedCredentials(401),
  403: refusedCredentials(403),
  404: {
    title: "Answered 404: there is nothing at this path",
    meaning: "The host answers, but not for this URL.",
    advice: ["Compare the endpoint’s URL with the route in your code, including a slash at the end."],
  },
  405: {
    title: "Answered 405: POST is not allowed there",
    meaning: "Deliveries are POST requests, and this route does not take them.",
    advice: ["Register the route for POST, or correct the endpoint’s URL."],
  },
  408: timeLimit("Answered 408: your server gave up waiting for the request"),
  410: {
    title: "Answered 410 Gone: the endpoint is switched off",
    meaning: "410 means “never send here again”, so the endpoint was disabled. New deliveries are held.",
    advice: [
      "If that was not intended, stop answering 410 and resume the endpoint: what is held then goes out.",
    ],
  },
  413: {
    title: "Answered 413: the body is too large for your server",
    meaning: "A proxy or framework in front of your code limits the size of bodies.",
    advice: ["Raise the limit to 512 KB, or use the “thin” format and fetch details yourself."],
  },
  415: {
    title: "Answered 415: the content type is not accepted",
    meaning: "Deliveries are sent as application/json.",
    advice: ["Let the route take application/json, as raw bytes."],
  },
  429: {
    title: "Answered 429: too many requests",
    meaning: "Your endpoint asked us to slow down. Fewer requests are in flight now; this uses up no health.",
    advice: [
      "Set a rate limit on the endpoint that it can always keep up with.",
      "Send Retry-After with 429: we wait as long as it says.",
    ],
  },
  502: gateway(502),
  503: {
    title: "Answered 503: not available right now",
    meaning: "Your service or the proxy before it is overloaded, starting or under maintenance.",
    advice: [
      "Send Retry-After to say when to come back.",
      "For planned work, pause the endpoint and resume it after.",
    ],
  },
  504: gateway(504),
};

function refusedCredentials(status: number): Explanation {
  return {
    title: `Answered ${status}: your endpoint refused the request`,
    meaning: "Something in front of your code, or your signature check, did not accept it.",
    advice: [
      "Was the secret rotated? The overlap may have ended while your server still holds the old one.",
      "Leave the route out of login and CSRF checks: the signature is what proves where it comes from.",
      "If the endpoint needs credentials, set them under its authentication or custom headers.",
    ],
  };
}

function gateway(status: number): Explanation {
  return {
    title: `Answered ${status}: a gateway could not reach your service`,
    meaning: "A proxy or load balancer answered in place of your code.",
    advice: ["Check that the service behind it is running, and its time limits."],
  };
}

function timeLimit(title: string): Explanation {
  return {
    title,
    meaning: "The message may have arrived and been worked on: expect it again, with the same webhook-id.",
    advice: [
      "Answer 2xx as soon as the message is stored, and do the work afterwards.",
      "Ignore a webhook-id that you have seen before.",
    ],
  };
}

const byOutcome: Record<string, Explanation> = {
  timeout: timeLimit("No complete answer in time"),
  network_dns: {
    title: "The host name does not resolve",
    meaning: "DNS has no address for the host of the endpoint’s URL.",
    advice: ["Check the URL for a typing mistake.", "If the name is new, DNS may need some time."],
  },
  network_connect: {
    title: "No connection to your server",
    meaning: "Nothing accepted the connection: it was refused, or nobody answered.",
    advice: [
      "Check that the server runs and listens on this port.",
      "Let requests from the internet through your firewall or allow-list.",
    ],
  },
  network_tls: {
    title: "The secure connection failed",
    meaning:
      "TLS could not be agreed on: most often an expired certificate, one for another name, or a missing chain.",
    advice: [
      "Renew the certificate, and serve it with its intermediate certificates.",
      "If your server asks for a client certificate, set one on the endpoint.",
    ],
  },
  network_reset: {
    ...timeLimit("The connection broke before there was an answer"),
    advice: [
      "Look for a crash or restart of your server at this time.",
      "Ignore a webhook-id that you have seen before: the message may have arrived.",
    ],
  },
  network_protocol: {
    title: "The answer is not valid HTTP",
    meaning: "Something listens there, but does not speak HTTP as it should.",
    advice: ["Check that the port is the one of your web server, and http or https fits it."],
  },
  not_allowed: {
    title: "This destination is not allowed",
    meaning:
      "The host resolves to an address that deliveries may not go to, such as one of a private network.",
    advice: ["Use a public https URL.", "Check the DNS records of the host: one private address is enough."],
  },
  proxy_failed: {
    title: "Our way out failed",
    meaning: "The request did not reach your endpoint; this was not its fault and does not count against it.",
    advice: ["Nothing to do: it is tried again soon."],
  },
  auth_failed: {
    title: "No access token for your endpoint",
    meaning: "The endpoint is set to OAuth2, and its token address gave us no token.",
    advice: ["Check the token URL, client id, client secret and scope under the endpoint’s authentication."],
  },
  internal_error: {
    title: "A mistake of ours",
    meaning: "It was not sent. It does not count against your endpoint.",
    advice: ["Nothing to do: it is tried again. Tell support if it stays."],
  },
  payload_unreadable: {
    title: "The payload cannot be read right now",
    meaning: "Its key is not available at this moment.",
    advice: ["Nothing to do: it is tried again soon."],
  },
  payload_erased: {
    title: "The payload was erased",
    meaning: "There is nothing to send any more: it was erased on request, or by age.",
    advice: [],
  },
  lost: {
    title: "Nobody knows how it ended",
    meaning:
      "The process that sent it stopped before it could record the answer. Your endpoint may have the message.",
    advice: ["Nothing to do: it is sent again. Ignore a webhook-id that you have seen before."],
  },
};
