export type { Credentials, ExpiringToken } from "../http/access-token.ts";
export { type ApiErrorItem, CarewireApiError } from "../http/api-error.ts";
export type { HttpTools } from "../http/http-tools.ts";
export type { DetailsOptions } from "./details-options.ts";
export type { AppointmentDetails, DetailsOf, PrescriptionDetails } from "./details-types.ts";
export {
  createDetailsFetcher,
  type DetailedEvent,
  type DetailsFetcher,
  type FetchDetailsOptions,
  type TypedDetailsFetcher,
} from "./fetch-details.ts";
export { carewirePaths, ekaPaths, type ResourcePath, type ResourcePaths } from "./resource-paths.ts";
