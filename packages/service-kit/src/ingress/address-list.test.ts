import { expect, test } from "vitest";
import { createAddressList } from "./address-list.ts";

const list = createAddressList(["203.0.113.7", "198.51.100.0/24", "2600:1f24:64:8000::/52", "::1"], "sender");

test.each<[string | undefined, boolean]>([
  ["203.0.113.7", true],
  ["203.0.113.8", false],
  ["::ffff:203.0.113.7", true],
  ["198.51.100.0", true],
  ["198.51.100.255", true],
  ["198.51.101.0", false],
  ["2600:1f24:64:8abc::1", true],
  ["2600:1F24:0064:8FFF::1", true],
  ["2600:1f24:64:9000::1", false],
  ["::1", true],
  ["::2", false],
  ["203.0.113.07", false],
  ["203.0.113.7 ", false],
  ["localhost", false],
  ["", false],
  [undefined, false],
])("%j is on the list: %s", (address, listed) => {
  expect(list.has(address)).toBe(listed);
});

test("nobody is on an empty list", () => {
  expect(createAddressList([], "sender").has("127.0.0.1")).toBe(false);
});

test.each([
  "example.com",
  "10.0.0.0/33",
  "10.0.0.0/x",
  "10.0.0.0/",
  "10.0.0.0/-1",
  "10.0.0.0/1e1",
  "10.0.0.0/8/8",
  "::1/129",
  "",
])("%j is refused, by name", (range) => {
  expect(() => createAddressList([range], "sender")).toThrow(
    `sender "${range}" is neither an address nor a CIDR`,
  );
});
