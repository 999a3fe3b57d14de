import { EmptyState, PageHeader, withFilters } from "@carewire/ui";
import { Button, Group, Text } from "@mantine/core";
import { IconPlayerTrackNext, IconX } from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { ReplayDialog } from "../replays/replay-dialog.tsx";
import { ScopedButton } from "../session/scoped-button.tsx";
import { DeliveryFilters } from "./delivery-filters.tsx";
import { type DeliverySearch, replayFilterOf } from "./delivery-search.ts";
import { DeliveryTable } from "./delivery-table.tsx";
import { useReplaySelected } from "./use-replay-selected.ts";

/** Every delivery, filtered by the address. */
export function DeliveriesPage() {
  const search = useSearch({ strict: false }) as DeliverySearch;
  const navigate = useNavigate();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [askedAtMs, setAskedAtMs] = useState<number | null>(null);
  // What is ticked is of the list in view, whichever way another one came into it.
  const list = JSON.stringify(search);
  const [tickedIn, setTickedIn] = useState(list);
  if (tickedIn !== list) {
    setTickedIn(list);
    setSelected(new Set());
  }
  const go = (changes: Partial<DeliverySearch>) =>
    void navigate({ to: "/deliveries" as ".", search: withFilters(search, changes) as never });
  // Of the list in view, also when it changes behind the dialog.
  const whole = replayFilterOf(search, askedAtMs ?? Date.now());
  const filtered = Object.keys(search).some((name) => name !== "cursor");
  return (
    <>
      <PageHeader
        title="Deliveries"
        description="One delivery is one event to one endpoint, with all its attempts."
        actions={
          <ScopedButton
            scope="deliveries:write"
            variant="default"
            leftSection={<IconPlayerTrackNext size={15} />}
            refusal={whole.ok ? null : whole.why}
            onClick={() => setAskedAtMs(Date.now())}
          >
            Replay all of these
          </ScopedButton>
        }
      />
      <DeliveryFilters search={search} onChange={go} />
      {selected.size === 0 ? null : <Selection selected={selected} onClear={() => setSelected(new Set())} />}
      <DeliveryTable
        filters={search}
        onPage={go}
        selection={{ selected, onChange: setSelected }}
        empty={
          filtered ? (
            <EmptyState title="No deliveries match">Take a filter away, or look at a longer time.</EmptyState>
          ) : undefined
        }
      />
      <ReplayDialog
        filter={askedAtMs !== null && whole.ok ? whole.filter : null}
        onClose={() => setAskedAtMs(null)}
      />
    </>
  );
}

function Selection({ selected, onClear }: { selected: ReadonlySet<string>; onClear: () => void }) {
  const replay = useReplaySelected();
  return (
    <Group gap="xs" mb="sm" role="status">
      <Text size="sm" fw={550}>
        {selected.size} selected
      </Text>
      <ScopedButton
        scope="deliveries:write"
        loading={replay.isPending}
        leftSection={<IconPlayerTrackNext size={15} />}
        onClick={() => replay.mutate([...selected], { onSuccess: onClear })}
      >
        Replay {selected.size}
      </ScopedButton>
      <Button variant="subtle" leftSection={<IconX size={14} />} onClick={onClear}>
        Clear the selection
      </Button>
    </Group>
  );
}
