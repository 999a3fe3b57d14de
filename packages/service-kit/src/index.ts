export { createApiKey, hashApiKey, type NewApiKey } from "./auth/api-key.ts";
export {
  type Authenticator,
  type AuthenticatorOptions,
  createAuthenticator,
} from "./auth/create-authenticator.ts";
export {
  accessLinkOf,
  type Principal,
  type PrincipalSession,
  principalOf,
  type ShownAccessLink,
  setPrincipal,
} from "./auth/principal.ts";
export { hasScope, requireScope } from "./auth/require-scope.ts";
export { createToken, type NewToken, tokenMarks } from "./auth/token.ts";
export { type BoundedMap, createBoundedMap } from "./cache/bounded-map.ts";
export { createSingleFlight, type SingleFlight } from "./cache/single-flight.ts";
export { type ClockWatchOptions, createClockSkewGauge, createClockWatch } from "./clock/clock-watch.ts";
export {
  deliveryStatus,
  deliveryTrigger,
  storedStatus,
  storedTrigger,
} from "./deliveries/delivery-status.ts";
export {
  type EventWindow,
  findEventWindow,
  type WindowQuery,
  withinBounds,
  withinWindow,
} from "./deliveries/event-window.ts";
export { readHeaderLines } from "./deliveries/header-lines.ts";
export { copyDocsAssets, findDocsAssets } from "./docs/docs-assets.ts";
export { type DocsOptions, mountDocs } from "./docs/mount-docs.ts";
export { type DestinationWarning, destinationWarnings, type UrlCheck } from "./egress/check-url.ts";
export {
  type ClientCertificate,
  createEgressGuard,
  type DestinationCheck,
  type EgressGuard,
  type EgressGuardOptions,
} from "./egress/create-egress-guard.ts";
export {
  createHttpClient,
  type HttpCall,
  type HttpClient,
  type HttpClientOptions,
  type HttpOutcome,
} from "./egress/create-http-client.ts";
export { egressEnvShape, egressPolicyOf, egressProxySchema } from "./egress/egress-env.ts";
export { EgressError, type EgressErrorCode } from "./egress/egress-error.ts";
export type { EgressPolicy } from "./egress/policy.ts";
export { type EgressProxy, parseEgressProxy } from "./egress/proxy/egress-proxy.ts";
export { EgressProxyError } from "./egress/proxy/egress-proxy-error.ts";
export { createHostResolver, type ResolveHost } from "./egress/resolve-host.ts";
export { readEnv } from "./env/env.ts";
export * from "./env/schemas.ts";
export { failpoint } from "./failpoints/failpoint.ts";
export { createHeldBytes, type HeldBytes } from "./http/held-bytes.ts";
export { defaultBodyBytesMax, rawBodyOf } from "./http/json-body.ts";
export { type ContractRouter, type MountOptions, mountContract } from "./http/mount-contract.ts";
export { createOrganizationLimit } from "./http/organization-limit.ts";
export { type ReadBody, readBody } from "./http/read-body.ts";
export { readTraceparent } from "./http/read-traceparent.ts";
export { createRequestDeadline } from "./http/request-deadline.ts";
export { requestIdOf } from "./http/request-id.ts";
export { createRequestLimit } from "./http/request-limit.ts";
export { createWorkLimit, type WorkLimit } from "./http/work-limit.ts";
export { type CreatedLead, type LeadConsent, leadCreated } from "./leads/lead-created.ts";
export { type LeadDetails, openLeadDetails, sealLeadDetails } from "./leads/lead-details.ts";
export { parseLineageId } from "./lineage/parse-lineage-id.ts";
export { type LineageSight, presentLineage } from "./lineage/present-lineage.ts";
export { beyondId, withinTime } from "./lists/beyond.ts";
export { type CursorScope, type Cursors, createCursors, type Position } from "./lists/cursor.ts";
export { invalidCursor } from "./lists/invalid-cursor.ts";
export { type Page, type PageQuery, type PageRead, readPage } from "./lists/page.ts";
export { createLogger, type Logger, type LoggerOptions, type LogLevel } from "./logging/create-logger.ts";
export { createMetrics, type Metrics } from "./metrics/create-metrics.ts";
export { isLostInfrastructure } from "./problems/is-lost-infrastructure.ts";
export {
  type ProblemBody,
  type ProblemDetails,
  type ProblemItem,
  problemBody,
} from "./problems/problem-body.ts";
export { type ProblemCode, problemCatalog } from "./problems/problem-catalog.ts";
export { ProblemError } from "./problems/problem-error.ts";
export { problemResult, sendProblem } from "./problems/problem-result.ts";
export { type ProblemShape, shapeProblems } from "./problems/shape-problems.ts";
export { type RunningService, runService, type ServiceOptions } from "./service/run-service.ts";
export { createVault, type ServiceVault, type VaultOptions } from "./vault/create-vault.ts";
export { eraseOrganization, type OrganizationErasure } from "./vault/erase-organization.ts";
export { createIvPool } from "./vault/iv-pool.ts";
export { type Renewal, type RenewOptions, renewDataKeys } from "./vault/rekey/renew-data-keys.ts";
export { type RekeyCount, rewrapDataKeys } from "./vault/rekey/rewrap-data-keys.ts";
export { VaultError, type VaultErrorCode } from "./vault/vault-error.ts";
export { createHostCookie, type HostCookie, type HostCookieOptions } from "./web-app/host-cookie.ts";
export { mountWebApp, type WebAppOptions } from "./web-app/mount-web-app.ts";
export { type RequestOrigin, requestOriginOf, requireOwnOrigin } from "./web-app/request-origin.ts";
export {
  runWorker,
  type SharedConsumeOptions,
  type WorkerOptions,
  workerEnvShape,
} from "./worker/run-worker.ts";
