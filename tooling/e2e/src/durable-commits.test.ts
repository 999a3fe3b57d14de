import { afterAll, beforeAll, expect, test } from "vitest";
import { createWorld, type World } from "./world/create-world.ts";

let world: World;

beforeAll(async () => {
  world = await createWorld();
  const [row] = await world.sql<[{ name: string }]>`select current_database() name`;
  await world.sql.unsafe(`alter database ${row.name} set synchronous_commit = off`);
});
afterAll(() => world?.close());

test.each(["ingress-payments", "subscriptions-api", "dispatcher", "doctors"] as const)(
  "%s does not start on a database whose commits a power failure can take back",
  async (role) => {
    await expect(world.start(role)).rejects.toThrow("synchronous_commit");
  },
);
