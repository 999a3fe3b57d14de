import { afterEach, expect, test, vi } from "vitest";
import { createHostResolver } from "./resolve-host.ts";
import { type StubAnswer, type StubNameServer, startStubNameServer } from "./testing/stub-name-server.ts";

const name = "hook.example.com";
const v4 = ["93.184.215.14", "93.184.215.15"];
const v6 = ["2001:db8::1", "2001:db8::2"];
let server: StubNameServer;

afterEach(async () => {
  vi.useRealTimers();
  await server.close();
});

async function resolverOf(a: StubAnswer, aaaa: StubAnswer) {
  server = await startStubNameServer({ A: a, AAAA: aaaa });
  return createHostResolver({ servers: [server.address] });
}

test.each<[string, StubAnswer, StubAnswer, string[]]>([
  ["of both kinds, IPv4 first", v4, v6, [...v4, ...v6]],
  ["of IPv4 when there are no others", v4, [], v4],
  ["of IPv6 when there are no others", [], v6, v6],
  ["of IPv4 when the server fails at IPv6", v4, "SERVFAIL", v4],
  ["of IPv6 when the server fails at IPv4", "SERVFAIL", v6, v6],
])("resolves to addresses %s", async (_which, a, aaaa, addresses) => {
  const resolve = await resolverOf(a, aaaa);
  expect(await resolve(name)).toEqual(addresses);
});

test.each<[string, StubAnswer]>([
  ["does not exist", "NXDOMAIN"],
  ["has no address", []],
  ["the server fails at", "SERVFAIL"],
])("rejects for a name that %s", async (_what, answer) => {
  const resolve = await resolverOf(answer, answer);
  await expect(resolve(name)).rejects.toThrow("the name has no address");
});

test("gives up a server that is silent after 3 s, whatever is still asked of it", async () => {
  const resolve = await resolverOf("silence", "silence");
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const settled = vi.fn();
  void resolve(name).then(settled, settled);
  await vi.advanceTimersByTimeAsync(3_000);
  expect(settled.mock.calls).toEqual([[new Error("the name has no address")]]);
});

test("two who ask at once share one query of each kind, and the next one asks again", async () => {
  const resolve = await resolverOf(v4, v6);
  const [first, second] = await Promise.all([resolve(name), resolve(name)]);
  expect(second).toEqual(first);
  expect(server.asked.toSorted()).toEqual(["A", "AAAA"]);
  expect(await resolve(name)).toEqual(first);
  expect(server.asked.toSorted()).toEqual(["A", "A", "AAAA", "AAAA"]);
});
