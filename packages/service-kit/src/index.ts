export { createApiKey, hashApiKey, type NewApiKey } from "./auth/api-key.ts";
export {
  type Authenticator,
  type AuthenticatorOptions,
  createAuthenticator,
} from "./auth/create-authenticator.ts";
export { type Principal, principalOf } from "./auth/principal.ts";
export { hasScope, requireScope } from "./auth/require-scope.ts";
export { readEnv } from "./env/env.ts";
export * from "./env/schemas.ts";
export { requestIdOf } from "./http/request-id.ts";
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
export { type RunningService, runService, type ServiceOptions } from "./service/run-service.ts";
export { createVault, type ServiceVault, type VaultOptions } from "./vault/create-vault.ts";
export { VaultError, type VaultErrorCode } from "./vault/vault-error.ts";
