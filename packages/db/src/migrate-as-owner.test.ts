import { startPostgres } from "@carewire/testkit";
import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { migrate } from "./migrate.ts";
import { createPartitions, dropPartition } from "./partitions.ts";
import { withTenant } from "./with-tenant.ts";

let server: Awaited<ReturnType<typeof startPostgres>>;
let superuser: postgres.Sql;

const urlOf = (user: string, database: string): string => {
  const url = new URL(server.url);
  url.username = user;
  url.pathname = `/${database}`;
  return url.href;
};

beforeAll(async () => {
  server = await startPostgres({ settings: { fsync: "off" } });
  superuser = postgres(server.url, { max: 1, onnotice: () => {} });
}, 120_000);
afterAll(async () => {
  await superuser.end();
  await server.remove();
});

test("a fresh server is migrated by an owner that is no superuser, and serves a login that owns nothing", async () => {
  await superuser`create role owner login createrole`;
  await superuser`create database carewire owner owner`;
  await migrate(urlOf("owner", "carewire"));
  const owner = postgres(urlOf("owner", "carewire"), { max: 1, onnotice: () => {} });
  // The statements of docs/security.md.
  await owner`create role carewire_service login`;
  await owner`grant carewire_system to carewire_service with inherit true, set true`;
  await owner`grant carewire_tenant to carewire_service with inherit false, set true`;
  await owner.end();

  const service = postgres(urlOf("carewire_service", "carewire"), { max: 2, onnotice: () => {} });
  const organizationId = "0199c0de-0000-7000-8000-000000000001";
  await service`insert into organizations (id, name) values (${organizationId}, 'Ours')`;
  const seen = await withTenant(service, organizationId, (tx) => tx`select name from organizations`);
  expect(seen).toEqual([{ name: "Ours" }]);
  expect(await createPartitions(service, new Date("2031-01-01T00:00:00Z"), { daysAhead: 0 })).toBe(5);
  await dropPartition(service, "events_20310101");
  await expect(service`drop table events`).rejects.toThrow("must be owner");
  await service.end();
}, 120_000);

test("a second database of the server is migrated by an owner who may not make roles, but was given them", async () => {
  await superuser`create role second_owner login`;
  await superuser`grant carewire_system to second_owner with inherit true`;
  await superuser`grant carewire_tenant to second_owner with inherit false, set true`;
  await superuser`create database second owner second_owner`;
  await migrate(urlOf("second_owner", "second"));
}, 120_000);
