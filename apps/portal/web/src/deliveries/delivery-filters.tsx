import { searchField } from "@carewire/ui";
import { Button, Group, Pill, Select, TextInput } from "@mantine/core";
import { IconFilterOff, IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { apiQuery } from "../api/queries.ts";
import { type DeliverySearch, sinceChoices } from "./delivery-search.ts";

export interface DeliveryFiltersProps {
  search: DeliverySearch;
  onChange: (changes: Partial<DeliverySearch>) => void;
}

const statuses = ["pending", "retrying", "held", "delivered", "failed", "cancelled"];
const classes = [
  { value: "2xx", label: "2xx" },
  { value: "3xx", label: "3xx" },
  { value: "4xx", label: "4xx" },
  { value: "5xx", label: "5xx" },
  { value: "timeout", label: "Timed out" },
  { value: "network", label: "No connection" },
  { value: "none", label: "No answer yet" },
];

/** The filters of the list; they are the page's address, so a view can be sent to a colleague. */
export function DeliveryFilters({ search, onChange }: DeliveryFiltersProps) {
  const endpoints = useQuery({
    ...apiQuery("GET /v1/subscriptions", { query: { limit: 200 } }),
    staleTime: 60_000,
  });
  const any = Object.entries(search).some(([name, value]) => name !== "cursor" && value !== undefined);
  const select = (
    name: keyof DeliverySearch,
    label: string,
    data: (string | { value: string; label: string })[],
    w = 150,
  ) => (
    <Select
      aria-label={label}
      placeholder={label}
      data={data}
      value={search[name] ?? null}
      onChange={(value) => onChange({ [name]: value ?? undefined })}
      clearable
      searchable
      w={w}
    />
  );
  return (
    <Group gap="xs" mb="sm" role="search" aria-label="Filter deliveries">
      <TypeField value={search.type ?? ""} onChange={(type) => onChange({ type: type || undefined })} />
      {select("status", "Any status", statuses)}
      {select("response_class", "Any answer", classes)}
      {select(
        "subscription_id",
        "Any endpoint",
        (endpoints.data?.data ?? []).map(({ id, name }) => ({ value: id, label: name })),
      )}
      {select("since", "Any time", sinceChoices(search.since), 170)}
      {select("trigger", "Any trigger", [
        { value: "event", label: "Events" },
        { value: "replay", label: "Replays" },
        { value: "test", label: "Tests" },
      ])}
      <Named label="Event" value={search.event_id} onClear={() => onChange({ event_id: undefined })} />
      <Named label="Replay" value={search.replay_id} onClear={() => onChange({ replay_id: undefined })} />
      {any ? (
        <Button
          variant="subtle"
          leftSection={<IconFilterOff size={14} />}
          onClick={() => onChange(Object.fromEntries(Object.keys(search).map((name) => [name, undefined])))}
        >
          Clear
        </Button>
      ) : null}
    </Group>
  );
}

interface TypeFieldProps {
  value: string;
  onChange: (value: string) => void;
}

/** The event type, in force on Enter or when left: the list is not asked for every letter. */
export function TypeField({ value, onChange }: TypeFieldProps) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onChange(text.trim());
      }}
    >
      <TextInput
        aria-label="Event type"
        placeholder="Event type"
        leftSection={<IconSearch size={14} />}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onBlur={() => (text.trim() === value ? undefined : onChange(text.trim()))}
        w={190}
        {...searchField}
      />
    </form>
  );
}

function Named({ label, value, onClear }: { label: string; value: string | undefined; onClear: () => void }) {
  if (value === undefined) return null;
  return (
    <Pill withRemoveButton onRemove={onClear} removeButtonProps={{ "aria-label": `Clear ${label}` }}>
      {label} {value.slice(0, 8)}…
    </Pill>
  );
}
