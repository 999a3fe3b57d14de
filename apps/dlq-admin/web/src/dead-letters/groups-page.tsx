import {
  type Column,
  DataTable,
  EmptyState,
  PageHeader,
  plainSearch,
  StatusBadge,
  TimeAgo,
} from "@carewire/ui";
import { Text } from "@mantine/core";
import { reads } from "../api/reads.ts";
import type { DeadLetterGroup } from "../api/types.ts";
import { useLive } from "../api/use-live.ts";
import { useFilters } from "../filters/use-filters.ts";
import { BulkActions } from "./bulk-actions.tsx";
import { nameCause } from "./cause-names.ts";
import classes from "./dead-letters.module.css";
import { DeadLetterFilters } from "./filters.tsx";
import { ViewsSwitch } from "./views-switch.tsx";

const columns: Column<DeadLetterGroup>[] = [
  {
    header: "What went wrong",
    cell: (group) => <span className={classes.error}>{group.error}</span>,
  },
  {
    header: "Cause",
    cell: (group) => <StatusBadge status={group.cause} tone="bad" label={nameCause(group.cause)} />,
  },
  {
    header: "Where",
    cell: (group) => (
      <div className={classes.where}>
        <span className="cw-mono" title={group.topic}>
          {group.topic}
        </span>
        <Text size="xs" c="dimmed">
          {group.consumer ?? "at the ingress"}
        </Text>
      </div>
    ),
  },
  {
    header: "Letters",
    align: "end",
    cell: (group) => <b className="cw-number">{group.count.toLocaleString("en")}</b>,
  },
  { header: "Oldest", cell: (group) => <TimeAgo at={group.oldest} /> },
  { header: "Newest", cell: (group) => <TimeAgo at={group.newest} /> },
];

/** Dead letters by what went wrong: many are usually one mistake. */
export function GroupsPage() {
  const [filters] = useFilters();
  const { cursor: _, ...query } = filters;
  const groups = useLive(["dead-letter-groups", query], (options) => reads.deadLetterGroups(query, options));
  const listOf = ({ cause, topic, consumer }: DeadLetterGroup) =>
    `/dead-letters/list${plainSearch.stringifySearch({ ...query, cause, topic, consumer: consumer ?? undefined })}`;
  return (
    <>
      <PageHeader
        title="Dead letters"
        description="What ran out of tries or could not be read. Many letters are usually one mistake: fix it, then retry the group."
        actions={<ViewsSwitch current="/dead-letters" />}
      />
      <DeadLetterFilters />
      <BulkActions />
      <DataTable
        label="groups"
        columns={columns}
        query={groups}
        rowKey={(group) => [group.cause, group.topic, group.consumer, group.error].join(" ")}
        rowTo={listOf}
        empty={
          <EmptyState title="No dead letters">
            Everything that came in was handled, as far as these filters see.
          </EmptyState>
        }
      />
      {groups.data?.truncated ? (
        <Text size="xs" c="dimmed" mt="xs">
          There are more letters than were looked at. Narrow the filters to see the rest.
        </Text>
      ) : null}
    </>
  );
}
