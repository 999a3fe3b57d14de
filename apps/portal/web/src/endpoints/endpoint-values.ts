import type { Subscription } from "@carewire/contracts";
import type { ProblemField } from "@carewire/ui";
import type { CallInput } from "../api/routes.ts";

export interface HeaderLine {
  name: string;
  value: string;
}

/** How an endpoint asks for credentials. `kept`: those it has, which are never shown. */
export type AuthValues =
  | { type: "none" | "kept" }
  | { type: "bearer"; token: string }
  | { type: "basic"; username: string; password: string }
  | { type: "oauth2"; token_url: string; client_id: string; client_secret: string; scope: string };

/** The certificate an endpoint asks us to show. `kept`: the one it has, which is never shown. */
export type CertificateValues =
  | { type: "none" | "kept" }
  | { type: "given"; certificate: string; key: string };

/** What the form of an endpoint holds. */
export interface EndpointValues {
  name: string;
  /** Null: nothing connects to it; whoever receives opens a stream. */
  url: string | null;
  description: string;
  account_id: string;
  all_events: boolean;
  events: string[];
  payload_format: Subscription["payload_format"];
  signature_scheme: Subscription["signature_scheme"];
  key_type: Subscription["key_type"];
  success_codes: Subscription["success_codes"];
  retry_policy: Subscription["retry_policy"];
  max_retries: number;
  rate_limit: string;
  ordering: Subscription["ordering"];
  filter: string;
  /** JSON, as typed. */
  metadata: string;
  headers: HeaderLine[];
  sensitive_headers: HeaderLine[];
  /** Sensitive headers stay as they are, unless they are given anew: their values cannot be read. */
  keep_sensitive: boolean;
  auth: AuthValues;
  certificate: CertificateValues;
}

export const newEndpoint: EndpointValues = {
  name: "",
  url: "",
  description: "",
  account_id: "",
  all_events: true,
  events: [],
  payload_format: "envelope",
  signature_scheme: "standard-webhooks",
  key_type: "hmac",
  success_codes: "2xx",
  retry_policy: "exponential",
  max_retries: 7,
  rate_limit: "",
  ordering: "none",
  filter: "",
  metadata: "",
  headers: [],
  sensitive_headers: [],
  keep_sensitive: false,
  auth: { type: "none" },
  certificate: { type: "none" },
};

export function valuesOf(endpoint: Subscription): EndpointValues {
  const all = endpoint.events.includes("*");
  return {
    ...newEndpoint,
    name: endpoint.name,
    url: endpoint.url,
    description: endpoint.description ?? "",
    account_id: endpoint.account_id ?? "",
    all_events: all,
    events: all ? endpoint.events.filter((pattern) => pattern !== "*") : endpoint.events,
    payload_format: endpoint.payload_format,
    signature_scheme: endpoint.signature_scheme,
    key_type: endpoint.key_type,
    success_codes: endpoint.success_codes,
    retry_policy: endpoint.retry_policy,
    max_retries: endpoint.max_retries,
    rate_limit: endpoint.rate_limit_per_second?.toString() ?? "",
    ordering: endpoint.ordering,
    filter: endpoint.filter === null ? "" : JSON.stringify(endpoint.filter, null, 2),
    metadata: Object.keys(endpoint.metadata).length === 0 ? "" : JSON.stringify(endpoint.metadata, null, 2),
    headers: Object.entries(endpoint.headers).map(([name, value]) => ({ name, value })),
    keep_sensitive: endpoint.sensitive_headers.length > 0,
    auth: { type: endpoint.endpoint_auth === null ? "none" : "kept" },
    certificate: { type: endpoint.client_certificate === null ? "none" : "kept" },
  };
}

type Body = CallInput<"POST /v1/subscriptions">["body"];
type Changes = CallInput<"PATCH /v1/subscriptions/:id">["body"];

/** The body that makes an endpoint. Throws when the filter or the metadata is no JSON: the form has checked it. */
export function createBodyOf(values: EndpointValues): Body {
  const { account_id } = values;
  return {
    ...changeableOf(values),
    sensitive_headers: headersOf(values.sensitive_headers) ?? undefined,
    endpoint_auth: authOf(values.auth) ?? undefined,
    client_certificate: certificateOf(values.certificate) ?? undefined,
    ...(account_id === "" ? {} : { account_id }),
  } as Body;
}

/** Only what differs, so that two people who change different things do not undo each other. */
export function changesOf(before: Subscription, values: EndpointValues): Changes {
  const was = changeableOf(valuesOf(before));
  const now = changeableOf(values);
  const changed = Object.entries(now).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(was[name as keyof typeof was]),
  );
  return {
    ...Object.fromEntries(changed),
    ...(values.keep_sensitive ||
    (before.sensitive_headers.length === 0 && values.sensitive_headers.length === 0)
      ? {}
      : { sensitive_headers: headersOf(values.sensitive_headers) }),
    ...(values.auth.type === "kept" || (values.auth.type === "none" && before.endpoint_auth === null)
      ? {}
      : { endpoint_auth: authOf(values.auth) }),
    ...(values.certificate.type === "kept" ||
    (values.certificate.type === "none" && before.client_certificate === null)
      ? {}
      : { client_certificate: certificateOf(values.certificate) }),
  } as Changes;
}

function changeableOf(values: EndpointValues) {
  return {
    name: values.name.trim(),
    ...(values.url === null ? {} : { url: values.url.trim() }),
    description: values.description.trim() === "" ? null : values.description.trim(),
    events: values.all_events ? ["*", ...values.events] : values.events,
    payload_format: values.payload_format,
    signature_scheme: values.signature_scheme,
    key_type: values.signature_scheme === "standard-webhooks" ? values.key_type : ("hmac" as const),
    success_codes: values.success_codes,
    retry_policy: values.retry_policy,
    max_retries: values.max_retries,
    rate_limit_per_second: values.rate_limit === "" ? null : Number(values.rate_limit),
    ordering: values.ordering,
    filter: objectOf(values.filter),
    metadata: objectOf(values.metadata) ?? {},
    headers: headersOf(values.headers) ?? {},
  };
}

const objectOf = (text: string) =>
  text.trim() === "" ? null : (JSON.parse(text) as Record<string, unknown>);

function headersOf(lines: HeaderLine[]): Record<string, string> | null {
  const named = lines.filter(({ name }) => name.trim() !== "");
  return named.length === 0 ? null : Object.fromEntries(named.map(({ name, value }) => [name.trim(), value]));
}

function authOf(auth: AuthValues) {
  if (auth.type === "none" || auth.type === "kept") return null;
  if (auth.type !== "oauth2" || auth.scope !== "") return auth;
  const { scope: _, ...rest } = auth;
  return rest;
}

function certificateOf(given: CertificateValues) {
  if (given.type !== "given") return null;
  return { certificate: given.certificate.trim(), key: given.key.trim() };
}

/** What the server found wrong, by the field of the form that it is in; `rest` is about none of them. */
export function fieldErrorsOf(fields: ProblemField[]): { errors: Record<string, string>; rest: string[] } {
  const errors: Record<string, string> = {};
  const rest: string[] = [];
  for (const { path, message } of fields) {
    const [first = "", ...inner] = path.split(".");
    const field = formFields[first];
    const words = inner.length > 0 && field !== undefined ? `${inner.join(".")} ${message}` : message;
    if (field === undefined) rest.push(path === "" ? message : `${path} ${message}`);
    else errors[field] = errors[field] === undefined ? words : `${errors[field]}; ${words}`;
  }
  return { errors, rest };
}

const formFields: Record<string, string> = {
  name: "name",
  url: "url",
  description: "description",
  account_id: "account_id",
  events: "events",
  payload_format: "payload_format",
  signature_scheme: "signature_scheme",
  key_type: "key_type",
  max_retries: "max_retries",
  rate_limit_per_second: "rate_limit",
  filter: "filter",
  metadata: "metadata",
  headers: "headers",
  sensitive_headers: "sensitive_headers",
  endpoint_auth: "auth",
  client_certificate: "certificate",
};
