import { expect, test } from "vitest";
import type { ApiRequest } from "../api/request.ts";
import type { CommandContext } from "../command-context.ts";
import { dlq } from "./dlq.ts";

const pages = new Map<unknown, object>([
  [undefined, { dry_run: false, matched: 600, taken: 498, skipped: 2, next_cursor: "c1" }],
  ["c1", { dry_run: false, matched: 100, taken: 90, skipped: 10, next_cursor: null }],
]);

async function run(name: string, given: Record<string, string | boolean>) {
  const bodies: Record<string, unknown>[] = [];
  const context = {
    interrupted: new AbortController().signal,
    admin: () => async (request: ApiRequest) => {
      const body = request.body as Record<string, unknown>;
      bodies.push(body);
      return pages.get(body.cursor);
    },
  } as unknown as CommandContext;
  const command = dlq.commands.find((one) => one.name === name);
  return { bodies, answer: await command?.run(context, [], given) };
}

test.each(["retry-all", "discard-all"])("%s goes on until nothing is left that passes", async (name) => {
  const { bodies, answer } = await run(name, { cause: "handler", reason: "fixed" });
  expect(answer).toEqual({ dry_run: false, matched: 600, taken: 588, skipped: 12, next_cursor: null });
  expect(bodies).toEqual([
    { filter: { cause: "handler" }, dry_run: false, reason: "fixed" },
    { filter: { cause: "handler" }, dry_run: false, reason: "fixed", cursor: "c1" },
  ]);
});

test("what is only counted is counted once", async () => {
  const { bodies } = await run("retry-all", { dryRun: true });
  expect(bodies).toEqual([{ filter: {}, dry_run: true }]);
});
