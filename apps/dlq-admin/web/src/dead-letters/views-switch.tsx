import { SegmentedControl } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useFilters } from "../filters/use-filters.ts";

const views = [
  { value: "/dead-letters", label: "By cause" },
  { value: "/dead-letters/list", label: "One by one" },
];

/** Switches between groups and single letters; the filters stay. */
export function ViewsSwitch({ current }: { current: string }) {
  const [filters] = useFilters();
  const navigate = useNavigate();
  return (
    <SegmentedControl
      aria-label="View"
      data={views}
      value={current}
      onChange={(to) => {
        const { cursor: _, ...kept } = filters;
        void navigate({ to: to as ".", search: kept as never });
      }}
    />
  );
}
