export * from "./audit.ts";
export * from "./billing.ts";
export * from "./consumers.ts";
export * from "./doctors.ts";
export * from "./history.ts";
export * from "./queues.ts";
export * from "./subscriptions.ts";
export * from "./tenants.ts";
