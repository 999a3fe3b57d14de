import { connect, type Sql } from "@carewire/db";

/** The login that services connect as, and its password. */
export interface ServiceLogin {
  name: string;
  password: string;
}

/**
 * Makes the login of docs/security.md, which owns nothing, in the migrated database at `ownerUrl`; one that is there
 * gets the password. Throws when that owner may not make roles or grant the two that services use.
 */
export async function ensureServiceLogin(ownerUrl: string, login: ServiceLogin): Promise<void> {
  const owner = connect({ url: ownerUrl, max: 1, applicationName: "carewire-migrate" });
  try {
    await owner.unsafe(await loginStatement(owner, login));
    await owner`grant carewire_system to ${owner(login.name)} with inherit true`;
    await owner`grant carewire_tenant to ${owner(login.name)} with inherit false, set true`;
  } finally {
    await owner.end({ timeout: 5 });
  }
}

// Such statements take no parameters, so the server quotes the name and the password.
async function loginStatement(owner: Sql, { name, password }: ServiceLogin): Promise<string> {
  const [row] = await owner<{ statement: string }[]>`
    select format(
      case when exists (select from pg_roles where rolname = ${name}) then 'alter' else 'create' end
        || ' role %I login password %L', ${name}::text, ${password}::text) statement`;
  if (row === undefined) throw new Error("select without a table returned no row");
  return row.statement;
}
