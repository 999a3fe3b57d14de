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
export { type ConnectOptions, connect, type Queryable, type Sql, type Transaction } from "./connect.ts";
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
export { holdDeliveries, releaseDeliveries } from "./hold-deliveries.ts";
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
export { unorderDeliveries } from "./unorder-deliveries.ts";
export { withTenant } from "./with-tenant.ts";
