import { createGetCustomer } from "./get-customer.ts";
import { type CustomerDeps, createPutCustomer } from "./put-customer.ts";

/** The handlers of the contract's `customers`. */
export const createCustomerRoutes = (deps: CustomerDeps) => ({
  put: createPutCustomer(deps),
  get: createGetCustomer(deps),
});
