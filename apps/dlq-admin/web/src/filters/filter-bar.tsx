import { Button } from "@mantine/core";
import { IconAdjustmentsHorizontal, IconX } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import classes from "./filter-bar.module.css";
import { useFilters } from "./use-filters.ts";

export interface FilterBarProps {
  /** The parameters that "Clear" removes. */
  names: string[];
  children: ReactNode;
}

/** Filters of a list; all of them live in the address, so that a link shows the same rows to somebody else. */
export function FilterBar({ names, children }: FilterBarProps) {
  const [filters, change] = useFilters();
  const [isOpen, setOpen] = useState(false);
  const appliedCount = names.filter((name) => filters[name]).length;
  return (
    <search className={classes.bar} aria-label="Filters" data-open={isOpen || undefined}>
      {children}
      <Button
        className={classes.toggle}
        variant="default"
        leftSection={<IconAdjustmentsHorizontal size={14} />}
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        {isOpen ? "Fewer" : "Filters"}
        {appliedCount === 0 ? "" : ` (${appliedCount})`}
      </Button>
      {appliedCount > 0 ? (
        <Button
          className={classes.clear}
          variant="subtle"
          color="gray"
          leftSection={<IconX size={14} />}
          onClick={() => change(Object.fromEntries(names.map((name) => [name, null])))}
        >
          Clear
        </Button>
      ) : null}
    </search>
  );
}
