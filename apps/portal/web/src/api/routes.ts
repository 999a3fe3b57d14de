import type { apiContract } from "@carewire/contracts";
import type { AppRoute, ClientInferRequest, ClientInferResponses } from "@ts-rest/core";

type RoutesOf<Router> = Router extends AppRoute
  ? Router
  : { [Name in keyof Router]: RoutesOf<Router[Name]> }[keyof Router];

type Route = RoutesOf<typeof apiContract>;

type NameOf<R> = R extends { method: infer Method extends string; path: infer Path extends string }
  ? `${Method} ${Path}`
  : never;

type Named<R, Name> = R extends AppRoute ? (Name extends NameOf<R> ? R : never) : never;

/** A route of the API as it is written in its documentation: `GET /v1/deliveries/:id`. */
export type RouteName = NameOf<Route>;

type Request<Name extends RouteName> = ClientInferRequest<Named<Route, Name>>;

type Part<Name extends RouteName, Key extends string> =
  Request<Name> extends infer R
    ? Key extends keyof R
      ? { [K in Key]: R[K] }
      : { [K in Key]?: undefined }
    : never;

/** What a call of a route takes. The names of `:parameters`, the query and the body are those of the contract. */
export type CallInput<Name extends RouteName> = Part<Name, "params"> &
  Partial<Part<Name, "query">> &
  Partial<Part<Name, "body">> & { idempotencyKey?: string; signal?: AbortSignal };

type Success<Name extends RouteName> = Extract<
  ClientInferResponses<Named<Route, Name>>,
  { status: 200 | 201 | 202 | 204 }
>;

/** The body of a route's good answer. */
export type Answer<Name extends RouteName> = Success<Name>["body"];
