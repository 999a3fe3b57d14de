import { ChoiceFilter } from "../filters/choice-filter.tsx";
import { FilterBar } from "../filters/filter-bar.tsx";
import { MomentFilter } from "../filters/moment-filter.tsx";
import { OrganizationFilter } from "../filters/organization-filter.tsx";
import { TextFilter } from "../filters/text-filter.tsx";
import { nameCause } from "./cause-names.ts";

/** What dead letters are narrowed by, beside their status. */
export const deadLetterFilterNames = [
  "topic",
  "consumer",
  "cause",
  "organization_id",
  "since",
  "until",
] as const;

const causes = ["handler", "schema", "malformed", "lookup_failed", "poison"].map((cause) => ({
  value: cause,
  label: nameCause(cause),
}));
const statuses = ["open", "retrying", "resolved", "discarded", "all"];

/** The filters of both views of dead letters. */
export function DeadLetterFilters() {
  return (
    <FilterBar names={[...deadLetterFilterNames, "status"]}>
      <TextFilter name="topic" label="Topic" placeholder="Exact name" place="first" />
      <TextFilter name="consumer" label="Consumer" placeholder="doctors.profiles" />
      <ChoiceFilter name="cause" label="Cause" choices={causes} />
      <ChoiceFilter name="status" label="Status" choices={statuses} placeholder="open" />
      <OrganizationFilter />
      <MomentFilter name="since" label="From" />
      <MomentFilter name="until" label="Until" />
    </FilterBar>
  );
}
