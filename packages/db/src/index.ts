export { assertDurable } from "./assert-durable.ts";
export {
  type AuditDetail,
  type AuditEntry,
  type AuditRange,
  type AuditVerdict,
  appendAudit,
  trimAudit,
  verifyAuditChain,
} from "./audit.ts";
export { type Cancelled, cancelDeliveries } from "./cancel-deliveries.ts";
export { type ConnectOptions, connect, type Queryable, type Sql, type Transaction } from "./connect.ts";
export { beginDrain, type DrainedEndpoint, type DrainKind } from "./endpoint-drains/begin-drain.ts";
export { cancelHeld, cancelLine, cancelQueued } from "./endpoint-drains/cancel-waiting.ts";
export { type LookedDelivery, lookAfter } from "./endpoint-drains/look.ts";
export { releaseHeld, releaseLine } from "./endpoint-drains/release-held.ts";
export {
  type DeliverySelection,
  type ErasableEvent,
  type Erasure,
  erasePayload,
  failHeldDeliveries,
} from "./erase-payload.ts";
export {
  createGroupCommit,
  type GroupCommit,
  GroupCommitFull,
  type GroupCommitOptions,
} from "./group-commit.ts";
export { holdDeliveries } from "./hold-deliveries.ts";
export {
  type LineageAttempt,
  type LineageDeadLetter,
  type LineageDelivery,
  type LineageEvent,
  type LineageKind,
  type LineageQuestion,
  type LineageRequest,
  type LineageRows,
  lineageLimits,
} from "./lineage/lineage-rows.ts";
export { readLineage } from "./lineage/read-lineage.ts";
export { migrate, migrations } from "./migrate.ts";
export {
  createPartitions,
  dropPartition,
  expiredPartitions,
  expiryOf,
  type HistoryTable,
  historyTables,
  partitionDaysAhead,
} from "./partitions.ts";
export { releaseDeliveries, unorderDeliveries } from "./release-deliveries.ts";
export {
  countReplayCandidates,
  type ReplayCount,
  readReplayCandidates,
} from "./replays/replay-candidates.ts";
export {
  type ReplayCandidate,
  type ReplayPosition,
  type ReplaySelection,
  replaySelectionOf,
  replaysPerJobMax,
  type StoredReplayFilter,
} from "./replays/replay-selection.ts";
export { hasResponseClass, type ResponseClass } from "./replays/response-class.ts";
export { resetEndpointHealth } from "./reset-endpoint-health.ts";
export { withTenant } from "./with-tenant.ts";
