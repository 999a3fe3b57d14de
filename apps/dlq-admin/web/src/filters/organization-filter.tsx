import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { reads } from "../api/reads.ts";
import { useUser } from "../session/use-session.ts";
import { useFilters } from "./use-filters.ts";

/** Narrows to one organization, found by its name; not there for somebody who sees one only. */
export function OrganizationFilter() {
  const user = useUser();
  const [filters, change] = useFilters();
  const [typed, setTyped] = useState("");
  const [q] = useDebouncedValue(typed.trim(), 300);
  const found = useQuery({
    queryKey: ["organizations", q],
    queryFn: (options) => reads.organizations({ q, limit: "50" }, options),
    enabled: user.all_organizations,
    staleTime: 60_000,
  });
  if (!user.all_organizations) return null;
  const chosen = filters.organization_id;
  const data = (found.data?.data ?? []).map(({ id, name }) => ({ value: id, label: name }));
  const isListed = chosen === undefined || data.some(({ value }) => value === chosen);
  return (
    <Select
      label="Organization"
      placeholder="Any"
      data={isListed ? data : [{ value: chosen, label: chosen }, ...data]}
      // The server searches; what it found is shown as it is.
      filter={({ options }) => options}
      value={chosen ?? null}
      onChange={(value) => change({ organization_id: value })}
      onSearchChange={setTyped}
      searchable
      clearable
      clearButtonProps={{ "aria-label": "Clear Organization" }}
      nothingFoundMessage="None has this name"
    />
  );
}
