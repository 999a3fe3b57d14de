import { Command } from "commander";
import { expect, test } from "vitest";
import type { CommandContext } from "../command-context.ts";
import { createOutput } from "../output/output.ts";
import { addResourceCommands } from "./add-resource-commands.ts";

type Query = Record<string, unknown>;

/** An API with two items, which takes a cursor only with the window it was made for, as the real one does. */
function twoItems() {
  const asked: Query[] = [];
  const page = async ({ cursor, ...filters }: Query) => {
    asked.push(filters);
    const made = `of_${Buffer.from(JSON.stringify(filters)).toString("hex")}`;
    if (cursor === undefined) return { data: [{ id: "first" }], next_cursor: made };
    if (cursor !== made) throw new Error("This cursor does not belong to this list with these filters.");
    return { data: [{ id: "second" }], next_cursor: null };
  };
  const list = { list: page };
  return {
    asked,
    client: { events: list, deliveries: list },
    admin: ({ query }: { query: Query }) => page(query),
  };
}

/** Runs one command line after the other against such an API, each a minute after the one before. */
function cliAt(begunAt: string) {
  const { asked, client, admin } = twoItems();
  let nowMs = Date.parse(begunAt);
  return {
    asked,
    async run(...args: string[]): Promise<string> {
      const said: string[] = [];
      const hear = { write: (text: string) => void said.push(text) };
      const output = createOutput({
        stdout: hear,
        stderr: hear,
        json: false,
        noColor: true,
        forceColor: false,
      });
      const now = () => {
        nowMs += 60_000;
        return nowMs;
      };
      const context = { output, now, client: () => client, admin: () => admin } as unknown as CommandContext;
      const program = new Command();
      addResourceCommands(program, async (_, work) => work(context));
      await program.parseAsync(args, { from: "user" });
      return said.join("");
    },
  };
}

const moreOf = (said: string) => /^more: (.*)$/m.exec(said)?.[1]?.split(" ") ?? [];

test.each(["events", "deliveries", "dlq"])(
  "%s list goes on where its page ended, with what more: says, however long ago its times were",
  async (name) => {
    const { asked, run } = cliAt("2026-01-31T12:00:00Z");
    const command = [name, "list", "--since", "1h", "--until", "5m", "--limit", "1"];
    const first = await run(...command);
    expect(first).toContain("first");
    expect(await run(...command, ...moreOf(first))).toContain("second");
    expect(asked[1]).toEqual(asked[0]);
  },
);

test("a list without times goes on with its cursor alone", async () => {
  const { run } = cliAt("2026-01-31T12:00:00Z");
  expect(moreOf(await run("events", "list"))).toEqual(["--cursor", expect.stringMatching(/^of_/)]);
});

test("since and until are counted back from the same moment", async () => {
  const { asked, run } = cliAt("2026-01-31T11:59:00Z");
  await run("events", "list", "--since", "2h", "--until", "1h");
  expect(asked).toEqual([{ since: "2026-01-31T10:00:00.000Z", until: "2026-01-31T11:00:00.000Z" }]);
});
