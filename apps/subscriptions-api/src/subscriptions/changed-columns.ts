import type { DataKey } from "@carewire/bus";
import type { UpdateSubscription } from "@carewire/contracts";
import type { ProblemItem } from "@carewire/service-kit";
import type postgres from "postgres";
import { choiceMistakes, transportMistakes } from "./choices.ts";
import {
  type AcceptedCertificate,
  authColumns,
  certificateColumns,
  headerColumns,
  openHeaders,
} from "./protected-columns.ts";
import type { SigningKind } from "./signing-secret.ts";
import { headerMistakes, mergeHeaders } from "./static-headers.ts";
import { kindOf, type SubscriptionRow } from "./subscription-row.ts";

type Columns = Record<string, postgres.SerializableParameter>;

/** A change of a subscription as its row is to be written, and what of it does not fit together. */
export interface ChangedColumns {
  columns: Columns;
  kind: SigningKind;
  mistakes: ProblemItem[];
}

/** What {@link changedColumns} needs: a body, its certificate once checked, and the key to seal with. */
export interface GivenChange {
  given: UpdateSubscription;
  certificate: AcceptedCertificate | null;
  dataKey: DataKey;
}

const json = (tx: postgres.TransactionSql, value: object | null) =>
  value === null ? null : tx.json(value as postgres.JSONValue);

function changedHeaders(
  tx: postgres.TransactionSql,
  before: SubscriptionRow,
  { given, dataKey }: GivenChange,
) {
  if (given.headers === undefined && given.sensitive_headers === undefined) {
    return { columns: {}, names: before.sensitive_header_names, mistakes: [] };
  }
  const stored = { shown: before.headers, sensitive: openHeaders(dataKey, before) };
  const merged = mergeHeaders(given, stored);
  return {
    columns: { headers: json(tx, merged.shown), ...headerColumns(dataKey, before.id, merged.sensitive) },
    names: Object.keys(merged.sensitive),
    mistakes: headerMistakes(given, merged),
  };
}

/** The columns to write for a change of the row `before`; fields the change does not name keep their values. */
export function changedColumns(
  tx: postgres.TransactionSql,
  before: SubscriptionRow,
  change: GivenChange,
): ChangedColumns {
  const { given, certificate, dataKey } = change;
  const { endpoint_auth: auth, client_certificate: certificateGiven, metadata, filter, ...plain } = given;
  const { headers: _headers, sensitive_headers: _sensitive, ...columns } = plain;
  const kind = kindOf({ ...before, ...columns });
  const headers = changedHeaders(tx, before, change);
  const hasEndpointAuth = auth === undefined ? before.endpoint_auth_type !== null : auth !== null;
  return {
    columns: {
      ...columns,
      ...headers.columns,
      ...(metadata === undefined ? {} : { metadata: json(tx, metadata) }),
      ...(filter === undefined ? {} : { filter: json(tx, filter) }),
      ...(auth === undefined ? {} : authColumns(dataKey, before.id, auth)),
      ...(certificateGiven === undefined ? {} : certificateColumns(dataKey, before.id, certificate)),
      ...(columns.active ? { disabled_reason: null } : {}),
    },
    kind,
    mistakes: [
      ...transportMistakes(before.transport, given, false),
      ...headers.mistakes,
      ...choiceMistakes({ kind, sensitiveHeaders: headers.names, hasEndpointAuth }),
    ],
  };
}
