import { Input, Select, Text } from "@mantine/core";
import { useSession } from "../session/session-context.ts";
import { useAccounts } from "./use-accounts.ts";

export interface AccountFieldProps {
  value?: string;
  onChange?: (value: string) => void;
  label?: string;
}

/** What is drawn of the choice at once; the rest is found by typing. */
const optionsMax = 200;

/** Chooses one account of the organization, and says so where there is no choice but the whole of it. */
export function AccountField({ value, onChange, label = "Account" }: AccountFieldProps) {
  const { caller, can } = useSession();
  const { accounts, hasMore, refusal } = useAccounts();
  if (caller.account !== null) return null;
  if (!can("accounts:read")) {
    return (
      <Input.Wrapper label={label} labelElement="div">
        <Text size="sm">The whole organization: your access does not include “see accounts”.</Text>
      </Input.Wrapper>
    );
  }
  if (refusal !== null) {
    return (
      <Input.Wrapper label={label} labelElement="div">
        <Text size="sm" role="status">
          {refusal}
        </Text>
      </Input.Wrapper>
    );
  }
  if (accounts.length === 0) return null;
  return (
    <Select
      label={label}
      description={
        hasMore
          ? `Only what belongs to this account. ${newestOnly(accounts.length)}`
          : "Only what belongs to this account."
      }
      value={value ?? ""}
      onChange={(chosen) => onChange?.(chosen ?? "")}
      allowDeselect={false}
      searchable
      limit={optionsMax}
      data={[
        { value: "", label: "The whole organization" },
        ...accounts.map(({ id, name }) => ({ value: id, label: name })),
      ]}
    />
  );
}

const newestOnly = (count: number): string =>
  `The newest ${count.toLocaleString("en")} can be chosen here; for others use the API.`;
