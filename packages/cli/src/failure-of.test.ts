import { createClient } from "@carewire/sdk/client";
import { expect, test } from "vitest";
import { failureOf } from "./failure-of.ts";
import { createProgram } from "./program.ts";

/** What a command line that is not even begun leads to. */
async function failureAt(...args: string[]) {
  const program = createProgram("1.0.0", () => {
    throw new Error("the command was begun");
  });
  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    return failureOf(error, () => null);
  }
  return null;
}

test.each<[string[], string]>([
  [["deliveries", "lits"], "Did you mean list?"],
  [["deliveries", "list", "--limit", "many"], "It must be a whole number from 1 to 200"],
  [["deliveries", "list", "--limit", "0"], "It must be a whole number from 1 to 200"],
  [["deliveries", "list", "--response-class", "6xx"], "Allowed choices are 1xx"],
  [["subscriptions", "rotate-secret", "sub_1", "--overlap-seconds", "soon"], "whole number"],
  [["replay", "--rate-per-second", "fast"], "whole number"],
  [["verify", "request.http", "--secret", "whsec_x", "--tolerance", "NaN"], "whole number"],
  [
    ["verify", "request.http", "--secret", "whsec_x", "--scheme", "stripe"],
    "Allowed choices are standard-webhooks",
  ],
  [["verify", "request.http"], "required option '--secret <secret>'"],
  [["completion", "tcsh"], "Allowed choices are bash, zsh, fish"],
])("%j is wrong usage, and says what would be right", async (args, said) => {
  const failure = await failureAt(...args);
  expect(failure).toMatchObject({ exitCode: 2, message: expect.stringContaining(said) });
  expect(failure?.details.code).toMatch(/^commander\./);
});

test("an API that cannot be reached is named, with the reason", async () => {
  const client = createClient({
    baseUrl: "http://127.0.0.1:4000/v",
    apiKey: "cw_test_1",
    triesMax: 1,
    fetch: () => Promise.reject(new TypeError("fetch failed", { cause: { code: "ECONNREFUSED" } })),
  });
  const error = await client.deliveries.list().catch((reason: unknown) => reason);
  expect(failureOf(error, () => "http://127.0.0.1:4000/v")).toMatchObject({
    message:
      "http://127.0.0.1:4000 cannot be reached (ECONNREFUSED). Is it running, and is the address right?",
    exitCode: 5,
    details: { status: null, code: "network_error" },
  });
});
