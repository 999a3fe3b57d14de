import { initContract } from "@ts-rest/core";
import { initServer } from "@ts-rest/express";
import { z } from "zod";
import { setPrincipal } from "../../auth/principal.ts";
import { createLogger } from "../../logging/create-logger.ts";
import { createMetrics } from "../../metrics/create-metrics.ts";
import { problemResult } from "../../problems/problem-result.ts";
import { runService } from "../../service/run-service.ts";
import { rawBodyOf } from "../json-body.ts";
import { mountContract } from "../mount-contract.ts";

const anyBody = z.looseObject({});
const contract = initContract().router({
  create: {
    method: "POST",
    path: "/things",
    metadata: { scope: "things:write" },
    headers: z.object({ "idempotency-key": z.string().max(8).optional() }),
    body: z.strictObject({
      name: z.string(),
      size: z.number().optional(),
      tags: z.array(z.strictObject({ label: z.string() })).optional(),
    }),
    responses: { 201: anyBody },
  },
  read: {
    method: "GET",
    path: "/things/:id",
    pathParams: z.object({ id: z.string().max(8) }),
    query: z.strictObject({ limit: z.coerce.number().int().max(100).default(20) }),
    responses: { 200: z.strictObject({ id: z.string(), limit: z.number() }), 404: anyBody },
  },
  forbidden: {
    method: "DELETE",
    path: "/things/:id",
    metadata: { scope: "things:admin" },
    responses: { 204: z.undefined() },
  },
});

/** Handlers that echo; the thing `none` does not exist, and `leaky` answers more than its contract says. */
function createThingsRouter(onCreate: () => void) {
  return initServer().router(contract, {
    create: async ({ body, res }) => {
      onCreate();
      return { status: 201, body: { name: body.name, raw: rawBodyOf(res).toString() } };
    },
    read: async ({ params, query, res }) => {
      if (params.id === "none") return problemResult(res, "not_found", { detail: "There is no such thing." });
      const body = { id: params.id, limit: query.limit };
      return { status: 200, body: params.id === "leaky" ? { ...body, secret: "CANARY" } : body };
    },
    forbidden: async () => ({ status: 204, body: undefined }),
  });
}

interface AnswerBody {
  code?: string;
  errors?: { path: string }[];
}

/** Serves a small contract whose bodies may have 1,000 bytes, to a caller with the scope `things:write`. */
export async function startThingsApi() {
  let created = 0;
  const principal = {
    apiKeyId: "k",
    organizationId: "o",
    accountId: null,
    scopes: ["things:write"],
    name: "n",
  };
  const router = createThingsRouter(() => {
    created += 1;
  });
  const { url, stop } = await runService({
    name: "test",
    port: 0,
    host: "127.0.0.1",
    logger: createLogger({ service: "test", destination: { write() {} } }),
    metrics: createMetrics({ service: "test" }),
    readiness: {},
    routes: (app) =>
      mountContract({
        app,
        contract,
        router,
        bodyBytesMax: 1_000,
        authenticate: (_req, res, next) => {
          setPrincipal(res, principal);
          next();
        },
      }),
  });
  const post = async (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) => {
    const response = await fetch(`${url}/things`, {
      method: "POST",
      body,
      headers: { "content-type": "application/json", ...headers },
    });
    const { status } = response;
    return {
      status,
      body: (await response.json()) as AnswerBody,
      type: response.headers.get("content-type"),
    };
  };
  return { url, stop, post, created: () => created };
}
