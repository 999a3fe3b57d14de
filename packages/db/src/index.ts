export { assertDurable } from "./assert-durable.ts";
export {
  type AuditDetail,
  type AuditEntry,
  type AuditVerdict,
  appendAudit,
  verifyAuditChain,
} from "./audit.ts";
export { type ConnectOptions, connect, type Queryable, type Sql } from "./connect.ts";
export {
  createGroupCommit,
  type GroupCommit,
  GroupCommitFull,
  type GroupCommitOptions,
} from "./group-commit.ts";
export { holdDeliveries, releaseDeliveries } from "./hold-deliveries.ts";
export { migrate, migrations } from "./migrate.ts";
export { createPartitions, partitionDaysAhead } from "./partitions.ts";
export { resetEndpointHealth } from "./reset-endpoint-health.ts";
export { withTenant } from "./with-tenant.ts";
