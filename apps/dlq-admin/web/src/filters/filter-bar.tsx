import { Button } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import type { ReactNode } from "react";
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
  const isFiltered = names.some((name) => filters[name]);
  return (
    <search className={classes.bar} aria-label="Filters">
      {children}
      {isFiltered ? (
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
