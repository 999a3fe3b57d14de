import { expect, test } from "vitest";
import { signedRequest } from "../handler/testing/signed-request.ts";
import { checkAdapter } from "./testing/check-adapter.ts";
import { collectingHandler } from "./testing/mounted-handler.ts";
import { nextRoute } from "./testing/next-route.ts";

test("a route handler of Next.js' app router hands the bytes over", async () => {
  const { handler, received } = collectingHandler();
  await checkAdapter(nextRoute(handler.next()), received);
});

test("a body that was read before is a mistake with advice", async () => {
  const { handler, received } = collectingHandler();
  const POST = handler.next();
  const send = nextRoute(async (request) => {
    await request.json();
    return POST(request);
  });
  const response = await send({ method: "POST", ...signedRequest() });
  expect(response.status).toBe(500);
  expect(await response.json()).toMatchObject({
    code: "raw_body_required",
    detail: expect.stringContaining("clone"),
  });
  expect(received).toEqual([]);
});
