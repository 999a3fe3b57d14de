import { Select } from "@mantine/core";
import { useFilters } from "./use-filters.ts";

export interface ChoiceFilterProps {
  name: string;
  label: string;
  choices: readonly (string | { value: string; label: string })[];
  /** What no choice means. */
  placeholder?: string;
}

/** A filter with a few possible values. */
export function ChoiceFilter({ name, label, choices, placeholder = "Any" }: ChoiceFilterProps) {
  const [filters, change] = useFilters();
  const data = choices.map((choice) =>
    typeof choice === "string" ? { value: choice, label: choice.replaceAll("_", " ") } : choice,
  );
  return (
    <Select
      label={label}
      placeholder={placeholder}
      data={data}
      value={filters[name] ?? null}
      onChange={(value) => change({ [name]: value })}
      clearable
      clearButtonProps={{ "aria-label": `Clear ${label}` }}
      comboboxProps={{ withinPortal: true }}
    />
  );
}
