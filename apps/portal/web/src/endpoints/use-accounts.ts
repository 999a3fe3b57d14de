import { useQuery } from "@tanstack/react-query";
import { call } from "../api/call.ts";
import type { Answer } from "../api/routes.ts";
import { useSession } from "../session/session-context.ts";

type Account = Answer<"GET /v1/accounts">["data"][number];

/** What there is to choose from where something is made for one account. */
export interface Accounts {
  accounts: Account[];
  /** There are more, which cannot be chosen here. */
  hasMore: boolean;
  /** Why nothing may be made yet: without a choice it would be for everybody. */
  refusal: string | null;
}

const accountsMax = 5_000;
const pageSize = 200;
const retryMs = 5_000;

async function readAccounts(signal: AbortSignal): Promise<Pick<Accounts, "accounts" | "hasMore">> {
  const accounts: Account[] = [];
  let cursor: string | null = null;
  do {
    const query: { limit: number; cursor?: string } = {
      limit: pageSize,
      ...(cursor === null ? {} : { cursor }),
    };
    const page: Answer<"GET /v1/accounts"> = await call("GET /v1/accounts", { query, signal });
    accounts.push(...page.data);
    cursor = page.next_cursor;
  } while (cursor !== null && accounts.length < accountsMax);
  return { accounts, hasMore: cursor !== null };
}

/** The accounts that whoever is signed in may choose from; none for those who are confined to one, or may not see them. */
export function useAccounts(): Accounts {
  const { caller, can } = useSession();
  const isOffered = caller.account === null && can("accounts:read");
  const query = useQuery({
    queryKey: ["GET /v1/accounts", "all"],
    queryFn: ({ signal }) => readAccounts(signal),
    enabled: isOffered,
    staleTime: 30_000,
    refetchInterval: ({ state }) => (state.status === "error" ? retryMs : false),
  });
  if (!isOffered) return { accounts: [], hasMore: false, refusal: null };
  if (query.data) return { ...query.data, refusal: null };
  return { accounts: [], hasMore: false, refusal: query.isError ? failed : reading };
}

const reading = "Your accounts are still being read.";
const failed = "Your accounts could not be read, so it would be for all of them. Try again in a moment.";
