import { expect } from "vitest";
import { signedRequest } from "../../handler/testing/signed-request.ts";

/** Sends a request to the framework under test. */
export type Send = (init: {
  method: string;
  headers: Record<string, string>;
  body: string;
}) => Promise<Response>;

/** What must hold in every framework: genuine requests pass byte for byte, and every refusal has its status. */
export async function checkAdapter(send: Send, received: string[]): Promise<void> {
  const { headers, body } = signedRequest();
  const post = async (given: Record<string, string>, text: string) => {
    const response = await send({ method: "POST", headers: given, body: text });
    const { code = "accepted" } = (await response.json()) as { code?: string };
    return [response.status, code, response.headers.get("content-type")?.split(";")[0]];
  };
  const problem = "application/problem+json";
  expect(await post(headers, body)).toEqual([200, "accepted", "application/json"]);
  expect(await post({ ...headers, "content-type": "text/plain" }, body)).toEqual([
    200,
    "accepted",
    "application/json",
  ]);
  expect(await post(headers, `${body} `)).toEqual([401, "signature_mismatch", problem]);
  expect(await post({ "content-type": "application/json" }, "{not json")).toEqual([
    401,
    "header_missing",
    problem,
  ]);
  expect(await post(headers, "x".repeat(3_000))).toEqual([413, "body_too_large", problem]);
  expect(received).toEqual(["evt_1 appt_789", "evt_1 appt_789"]);
}
