import { ShortId } from "@carewire/ui";
import { useQuery } from "@tanstack/react-query";
import { reads } from "../api/reads.ts";

/** An organization's name where it is among the newest; its id otherwise. */
export function OrganizationName({ id }: { id: string }) {
  const found = useQuery({
    queryKey: ["organizations", "names"],
    queryFn: (options) => reads.organizations({ limit: "200" }, options),
    staleTime: 60_000,
  });
  const name = found.data?.data.find((organization) => organization.id === id)?.name;
  return name === undefined ? <ShortId id={id} /> : <span title={id}>{name}</span>;
}
