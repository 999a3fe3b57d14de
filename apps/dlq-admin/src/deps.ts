import type { Vault, Waker } from "@carewire/bus";
import type { Sql } from "@carewire/db";
import type { Clock } from "@carewire/envelope";
import type { Cursors } from "@carewire/service-kit";
import type { AlertRule } from "./alerts/alert-rule.ts";

/** What the routes are made of. */
export interface DlqDeps {
  sql: Sql;
  vault: Vault;
  clock: Clock;
  /** Tells dispatchers and consumers that something was queued for them. */
  waker: Pick<Waker, "notifyConsumers" | "wake">;
  cursors: Cursors;
  alertRule: AlertRule;
  /** Called at `dlq.before_commit` and `dlq.after_commit` of a retry; tests crash there. */
  failpoint(name: string): void;
}
