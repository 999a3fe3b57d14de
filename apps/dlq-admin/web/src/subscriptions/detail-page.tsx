import {
  CopyId,
  DataTable,
  describeDuration,
  EmptyState,
  JsonView,
  KeyValue,
  Loaded,
  PageHeader,
  Panel,
  StatGrid,
  StatTile,
  TimeAgo,
  useNow,
  visibleText,
} from "@carewire/ui";
import { useParams } from "@tanstack/react-router";
import { reads } from "../api/reads.ts";
import type { SubscriptionDetail } from "../api/types.ts";
import { useLive } from "../api/use-live.ts";
import { deliveryColumns } from "../deliveries/list-page.tsx";
import { useFilters } from "../filters/use-filters.ts";
import classes from "../frame/columns.module.css";
import { SubscriptionState } from "./subscription-state.tsx";

/** One subscription: how its endpoint is doing, its settings, and its deliveries. */
export function SubscriptionPage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const subscription = useLive(["subscription", id], (options) => reads.subscription(id, options));
  return <Loaded query={subscription}>{(data) => <Detail key={id} subscription={data} />}</Loaded>;
}

function Detail({ subscription }: { subscription: SubscriptionDetail }) {
  return (
    <>
      <PageHeader
        title={subscription.name}
        above={[{ to: "/subscriptions", label: "Subscriptions" }]}
        badge={<SubscriptionState subscription={subscription} />}
        description={<span className="cw-mono">{visibleText(subscription.url)}</span>}
      />
      <div className={classes.columns}>
        <div className={classes.column}>
          <Numbers subscription={subscription} />
          <RecentDeliveries id={subscription.id} />
          {subscription.filter === null ? null : (
            <Panel title="Filter">
              <JsonView value={subscription.filter} what="filter" />
            </Panel>
          )}
        </div>
        <Settings subscription={subscription} />
      </div>
    </>
  );
}

function Numbers({ subscription }: { subscription: SubscriptionDetail }) {
  const now = useNow();
  const { lately, queued } = subscription;
  const rate = lately.success_rate;
  return (
    <StatGrid>
      <StatTile
        label="Success rate"
        value={rate === null ? "–" : `${(rate * 100).toFixed(rate === 1 ? 0 : 1)} %`}
        tone={rate !== null && rate < 0.9 ? "bad" : "usual"}
        note={`of the newest ${lately.deliveries.toLocaleString("en")} deliveries`}
      />
      <StatTile
        label="Failed"
        value={lately.failed.toLocaleString("en")}
        tone={lately.failed > 0 ? "warn" : "usual"}
        note={`${lately.held.toLocaleString("en")} held, ${lately.pending.toLocaleString("en")} pending`}
      />
      <StatTile
        label="Queued"
        value={`${queued.count.toLocaleString("en")}${queued.complete ? "" : "+"}`}
        note={
          queued.oldest_due_at === null
            ? "nothing is due"
            : `the oldest for ${describeDuration(Math.max(0, now - Date.parse(queued.oldest_due_at)))}`
        }
      />
      <StatTile
        label="In-flight limit"
        value={subscription.in_flight_limit ?? "–"}
        note={`${subscription.consecutive_failures} failures in a row`}
      />
    </StatGrid>
  );
}

function RecentDeliveries({ id }: { id: string }) {
  const [filters, change] = useFilters();
  const query = { subscription_id: id, cursor: filters.cursor, limit: "20" };
  const deliveries = useLive(["deliveries", query], (options) => reads.deliveries(query, options));
  return (
    <Panel title="Deliveries" padding="none">
      <DataTable
        label="deliveries"
        frame="bare"
        columns={deliveryColumns.filter(({ header }) => header !== "To" && header !== "Organization")}
        query={deliveries}
        rowKey={(delivery) => delivery.id}
        rowTo={(delivery) => `/deliveries/${delivery.id}`}
        onCursor={(cursor) => change({ cursor })}
        empty={<EmptyState title="No deliveries">No event matched this subscription lately.</EmptyState>}
      />
    </Panel>
  );
}

function Settings({ subscription }: { subscription: SubscriptionDetail }) {
  const moment = (at: string | null) => at && <TimeAgo at={at} />;
  return (
    <aside className={classes.column} aria-label="Facts">
      <Panel title="Endpoint">
        <KeyValue
          items={[
            ["Breaker", subscription.breaker.replaceAll("_", " ")],
            ["Tried again", moment(subscription.breaker_until)],
            ["Failing since", moment(subscription.failing_since)],
            ["Last success", <TimeAgo key="success" at={subscription.last_success_at} />],
            ["Last failure", <TimeAgo key="failure" at={subscription.last_failure_at} />],
          ]}
        />
      </Panel>
      <Panel title="Subscription">
        <KeyValue
          items={[
            ["Id", <CopyId key="id" id={subscription.id} />],
            ["Organization", subscription.organization_name],
            ["Account", subscription.account_id],
            ["Events", subscription.events.join(", ")],
            ["Description", subscription.description],
            ["Format", subscription.payload_format],
            ["Signature", subscription.signature_scheme],
            ["Success codes", subscription.success_codes],
            ["Retries", `${subscription.retry_policy}, ${subscription.max_retries} at most`],
            ["Ordering", subscription.ordering],
            [
              "Rate limit",
              subscription.rate_limit_per_second && `${subscription.rate_limit_per_second} per second`,
            ],
            ["Created by", subscription.created_by],
            ["Created", <TimeAgo key="created" at={subscription.created_at} />],
            ["Changed", <TimeAgo key="changed" at={subscription.updated_at} />],
          ]}
        />
      </Panel>
    </aside>
  );
}
