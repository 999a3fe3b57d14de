import type { Sql } from "@carewire/db";
import { expect, test } from "vitest";
import { prepareStorage } from "./prepare-storage.ts";

const sql = (async () => [{ setting: "on" }]) as unknown as Sql;
const providers = [{ provider: "stripe", sources: ["default"] }];

test("a database whose name does not resolve yet is waited for", async () => {
  let asked = 0;
  const sources = {
    idOf: async () => {
      asked += 1;
      if (asked === 1)
        throw Object.assign(new Error("getaddrinfo EAI_AGAIN postgres"), { code: "EAI_AGAIN" });
      return "id";
    },
  };
  const { signal } = new AbortController();
  expect(await prepareStorage({ sql, sources, providers, signal } as never)).toBe(true);
  expect(asked).toBe(2);
});

test("waiting that is broken off says so, so that nothing is begun on what is being closed", async () => {
  const stopping = new AbortController();
  const sources = {
    idOf: async () => {
      stopping.abort();
      throw Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
    },
  };
  expect(await prepareStorage({ sql, sources, providers, signal: stopping.signal } as never)).toBe(false);
});
