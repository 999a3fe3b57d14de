/** The rules of the schemes without any cryptography: for runtimes that have no node:crypto. */
export { decodeSecret, findEkaTextProblem, type UnusableSecret } from "./decode-secret.ts";
export { ekaHeaderName, ekaToleranceSeconds } from "./eka-header.ts";
export { type KeyAlgorithm, readStandardWebhook } from "./read-standard-webhook.ts";
export { readTimestamped } from "./read-timestamped.ts";
export type { HeaderFamily } from "./standard-webhook-headers.ts";
export type { Refusal, RefusalCode } from "./verdict.ts";
export type { RequestHeaders } from "./verification-input.ts";
