import { AllowedButton } from "@carewire/ui";
import { Text } from "@mantine/core";
import { IconRefresh, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useFilters } from "../filters/use-filters.ts";
import { refusalFor } from "../session/refusals.ts";
import { useUser } from "../session/use-session.ts";
import { BulkDialog } from "./bulk-dialog.tsx";
import classes from "./dead-letters.module.css";
import { deadLetterFilterNames } from "./filters.tsx";

/** Retries or discards everything the filters match, not only the page that is shown. */
export function BulkActions() {
  const user = useUser();
  const [filters] = useFilters();
  const [action, setAction] = useState<"retry" | "discard" | null>(null);
  const refusal = refusalFor(user, "operator") ?? statusRefusal(filters.status);
  const filter = Object.fromEntries(
    deadLetterFilterNames.flatMap((name) => (filters[name] ? [[name, filters[name]]] : [])),
  );
  const discardRefusal =
    refusal ?? (Object.keys(filter).length === 0 ? "Set a filter first: not everything at once." : null);
  return (
    <div className={classes.bulk}>
      <AllowedButton
        variant="default"
        leftSection={<IconRefresh size={14} />}
        refusal={refusal}
        onClick={() => setAction("retry")}
      >
        Retry all that match
      </AllowedButton>
      <AllowedButton
        variant="default"
        leftSection={<IconTrash size={14} />}
        refusal={discardRefusal}
        onClick={() => setAction("discard")}
      >
        Discard all that match
      </AllowedButton>
      <Text size="xs" c="dimmed">
        Counts first, and asks.
      </Text>
      {action === null ? null : (
        <BulkDialog action={action} filter={filter} onClose={() => setAction(null)} />
      )}
    </div>
  );
}

function statusRefusal(status: string | undefined): string | null {
  return status === undefined || status === "open" ? null : "Only open letters can be retried or discarded.";
}
