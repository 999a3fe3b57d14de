import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { apiQuery } from "../api/queries.ts";
import { useSession } from "../session/session-context.ts";

export interface AccountFieldProps {
  value?: string;
  onChange?: (value: string) => void;
  label?: string;
}

/** Chooses one account of the organization; nothing where there is nothing to choose. */
export function AccountField({ value, onChange, label = "Account" }: AccountFieldProps) {
  const { caller, can } = useSession();
  const accounts = useQuery({
    ...apiQuery("GET /v1/accounts", { query: { limit: 200 } }),
    enabled: caller.account === null && can("accounts:read"),
  });
  if (!accounts.data || accounts.data.data.length === 0) return null;
  return (
    <Select
      label={label}
      description="Only what belongs to this account."
      value={value ?? ""}
      onChange={(chosen) => onChange?.(chosen ?? "")}
      allowDeselect={false}
      searchable
      data={[
        { value: "", label: "The whole organization" },
        ...accounts.data.data.map(({ id, name }) => ({ value: id, label: name })),
      ]}
    />
  );
}
