export {
  createDetailsFetcher,
  type DetailedEvent,
  type DetailsFetcher,
  type FetchDetailsOptions,
  type TypedDetailsFetcher,
} from "../details/fetch-details.ts";
export type { Credentials, ExpiringToken } from "../http/access-token.ts";
export { type ApiErrorItem, CarewireApiError } from "../http/api-error.ts";
export type { HttpTools } from "../http/http-tools.ts";
export type * from "./api.generated.ts";
export type { ClientOptions } from "./client-options.ts";
export { type CarewireClient, createClient } from "./create-client.ts";
export type { Page, PagePromise } from "./pages.ts";
export type { IdempotentOptions, RequestOptions } from "./request-options.ts";
export type { PublishedData, TypedPublishing } from "./typed-publishing.ts";
