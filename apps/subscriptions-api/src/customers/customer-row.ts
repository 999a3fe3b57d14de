import type { DataKey } from "@carewire/bus";
import type { Customer, PutCustomer } from "@carewire/contracts";
import type { Queryable } from "@carewire/db";
import type { customers } from "@carewire/db/schema";

export type CustomerRow = typeof customers.$inferSelect;

/** What is sealed of a customer. */
export type Personal = Pick<PutCustomer, "email" | "name" | "addresses">;

/** What a customer's personal fields are sealed under; `lastingColumns` of the vault knows it too. */
const personalAad = ({ organization_id, customer_id }: CustomerName): string =>
  `customers:${organization_id}:${customer_id}`;

type CustomerName = Pick<CustomerRow, "organization_id" | "customer_id">;

export const sealPersonal = (dataKey: DataKey, name: CustomerName, personal: Personal): Buffer =>
  dataKey.seal(personalAad(name), Buffer.from(JSON.stringify(personal)));

export const openPersonal = (dataKey: DataKey, row: CustomerRow): Personal =>
  JSON.parse(dataKey.open(personalAad(row), row.personal).toString()) as Personal;

const idCharactersMax = 255;

/** The customer of that id, or null: what cannot be stored as an id is nobody's. */
export async function findCustomer(
  tx: Queryable,
  organizationId: string,
  customerId: string,
): Promise<CustomerRow | null> {
  const isStorable = customerId.length <= idCharactersMax && customerId.isWellFormed();
  if (!isStorable || customerId.includes("\u0000")) return null;
  const [row] = await tx<CustomerRow[]>`
    select * from customers where organization_id = ${organizationId} and customer_id = ${customerId}`;
  return row ?? null;
}

export const presentCustomer = (row: CustomerRow, { email, name, addresses }: Personal): Customer => ({
  id: row.customer_id,
  email,
  name,
  addresses,
  region_code: row.region_code,
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
});
