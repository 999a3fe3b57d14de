import { BlockList } from "node:net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalAddress, isGuardedAddress, isPublicAddress } from "./is-public-address.ts";

/** IANA IPv4 special-purpose registry, multicast and class E, plus Azure's platform address; written out independently. */
const specialV4 = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
  ["168.63.129.16", 32],
] as const;
/** IANA's registry gives these blocks to DNS experiments (AS112) and AMT; refused or not, nothing private is there. */
const neutralV4 = [
  ["192.31.196.0", 24],
  ["192.52.193.0", 24],
  ["192.175.48.0", 24],
] as const;

const special = new BlockList();
for (const [network, prefix] of specialV4) special.addSubnet(network, prefix, "ipv4");
const neutral = new BlockList();
for (const [network, prefix] of neutralV4) neutral.addSubnet(network, prefix, "ipv4");

const v4Text = (value: number): string =>
  [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255].join(".");

const anyV4 = fc.nat(0xffff_ffff).map(v4Text);
const specialAddress = fc
  .tuple(fc.constantFrom(...specialV4), fc.nat(0xffff_ffff))
  .map(([[network, prefix], bits]) => {
    const base = network.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
    return v4Text((base + (prefix === 32 ? 0 : bits % 2 ** (32 - prefix))) >>> 0);
  });

const hexOf = (v4: string): string => {
  const [a = 0, b = 0, c = 0, d = 0] = v4.split(".").map(Number);
  return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
};

describe("isPublicAddress", () => {
  it("refuses every address of the special-purpose registries", () => {
    fc.assert(fc.property(specialAddress, (address) => !isPublicAddress(address)));
  });

  it("agrees with an independent list on all of IPv4", () => {
    fc.assert(
      fc.property(anyV4, (address) => {
        fc.pre(!neutral.check(address, "ipv4"));
        return isPublicAddress(address) === !special.check(address, "ipv4");
      }),
      { numRuns: 2_000 },
    );
  });

  it("judges an IPv4-mapped address by the IPv4 address inside", () => {
    fc.assert(
      fc.property(
        anyV4,
        (address) => isPublicAddress(`::ffff:${hexOf(address)}`) === isPublicAddress(address),
      ),
    );
  });

  it("refuses every other way IPv6 carries an IPv4 address, even a public one", () => {
    fc.assert(
      fc.property(anyV4, (address) => {
        const inner = hexOf(address);
        const wrapped = [
          `::${inner}`,
          `64:ff9b::${inner}`,
          `64:ff9b:1::${inner}`,
          `2002:${inner}::1`,
          `2001:0:${inner}::1`,
        ];
        return wrapped.every((text) => !isPublicAddress(text));
      }),
    );
  });

  it("refuses IPv6 outside 2000::/3", () => {
    const outside = fc
      .tuple(
        fc.nat(0xffff).filter((word) => word >> 13 !== 1),
        fc.array(fc.nat(0xffff), { minLength: 7, maxLength: 7 }),
      )
      .map(([first, rest]) => [first, ...rest].map((word) => word.toString(16)).join(":"))
      .filter((text) => !text.startsWith("0:0:0:0:0:ffff:"));
    fc.assert(fc.property(outside, (address) => !isPublicAddress(address)));
  });

  it("never throws, and calls no text public that is not an address", () => {
    fc.assert(fc.property(fc.string(), (text) => !isPublicAddress(text) || canonicalAddress(text) !== null));
  });

  it.each(["93.184.215.14", "1.1.1.1", "2606:4700:4700::1111", "2a00:1450:4001:81b::200e"])(
    "lets %s through",
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  it.each([
    "2001:db8::1",
    "3fff::1",
    "5f00::1",
    "100::1",
    "2001:2::1",
    "2001:20::1",
    "fe80::1%eth0",
    "127.1",
    "::8.8.8.8",
    "::8.8.8.8%1",
    "",
  ])("refuses %j", (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe("isGuardedAddress", () => {
  it.each([
    "127.0.0.1",
    "::1",
    "169.254.169.254",
    "fe80::1",
    "0.0.0.0",
    "::",
    "100.100.100.200",
    "fd00:ec2::254",
  ])("guards %s", (address) => {
    expect(isGuardedAddress(address)).toBe(true);
  });

  it.each(["168.63.129.16", "64:ff9b::a00:1", "2002:a00:1::1", "::10.0.0.1", "255.255.255.255", "224.0.0.1"])(
    "guards %s",
    (address) => {
      expect(isGuardedAddress(address)).toBe(true);
    },
  );

  it.each(["10.1.2.3", "192.168.0.1", "100.64.0.1", "fd12::1", "93.184.215.14"])(
    "leaves %s to the allow-list",
    (address) => {
      expect(isGuardedAddress(address)).toBe(false);
    },
  );
});
