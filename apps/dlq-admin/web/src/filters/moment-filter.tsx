import { TextInput } from "@mantine/core";
import { toLocalInput, toMoment } from "./moments.ts";
import { useFilters } from "./use-filters.ts";

/** A filter by time, typed in the reader's own time zone. */
export function MomentFilter({ name, label }: { name: string; label: string }) {
  const [filters, change] = useFilters();
  return (
    <TextInput
      type="datetime-local"
      label={label}
      styles={filters[name] ? undefined : { input: { color: "var(--mantine-color-placeholder)" } }}
      value={toLocalInput(filters[name])}
      onChange={(event) => change({ [name]: toMoment(event.currentTarget.value) })}
    />
  );
}
