export { type EventuallyOptions, eventually } from "./eventually.ts";
export { createFakeClock, type FakeClock } from "./fake-clock.ts";
export type { Migrations } from "./template-database.ts";
export { createTestDatabase, type TestDatabase } from "./test-database.ts";
