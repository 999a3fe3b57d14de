import { describe, expect, it } from "vitest";
import { createEgressGuard } from "./create-egress-guard.ts";
import type { EgressPolicy } from "./policy.ts";

function outcomeOf(policy: EgressPolicy, text: string, answers: string[] = []): Promise<string> {
  const guard = createEgressGuard({ policy, resolve: async () => answers });
  return guard.checkDestination(text).then((check) => check.outcome);
}

describe("the local environment", () => {
  const policy: EgressPolicy = { environment: "local", ownHosts: ["127.0.0.1:4101"] };

  it.each([
    "http://127.0.0.1:9000/hook",
    "http://localhost:1024/",
    "http://[::1]:65535/",
    "https://127.0.0.1:8443/",
    "https://localhost:9443/",
  ])("allows %s", async (text) => {
    expect(await outcomeOf(policy, text)).toBe("allowed");
  });

  it.each([
    "http://127.0.0.1/",
    "http://127.0.0.1:1023/",
    "http://127.0.0.2:9000/",
    "http://192.168.0.2:9000/",
    "http://169.254.169.254:9000/",
    "http://example.com:9000/",
    "http://0.0.0.0:9000/",
    "http://127.0.0.1:4101/api/webhooks/stripe",
  ])("refuses %s", async (text) => {
    expect(await outcomeOf(policy, text)).toBe("destination_not_allowed");
  });

  it("does not extend to names that resolve to this machine", async () => {
    expect(await outcomeOf(policy, "https://dev.example.com/", ["127.0.0.1"])).toBe(
      "destination_not_allowed",
    );
  });
});

describe("the production environment", () => {
  it.each(["http://example.com/", "http://127.0.0.1:9000/", "http://localhost:9000/"])(
    "refuses %s",
    async (text) => {
      expect(await outcomeOf({ environment: "production" }, text, ["93.184.215.14"])).toBe(
        "destination_not_allowed",
      );
    },
  );

  it.each(["https://example.com/", "https://example.com:8443/", "https://93.184.215.14/"])(
    "allows %s",
    async (text) => {
      expect(await outcomeOf({ environment: "production" }, text, ["93.184.215.14"])).toBe("allowed");
    },
  );

  it("opens further ports by configuration", async () => {
    const policy: EgressPolicy = { environment: "production", ports: [9443] };
    expect(await outcomeOf(policy, "https://example.com:9443/", ["93.184.215.14"])).toBe("allowed");
  });

  it("tells an unresolvable name from a forbidden one", async () => {
    const failing = createEgressGuard({
      policy: { environment: "production" },
      resolve: async () => {
        throw new Error("NXDOMAIN");
      },
    });
    expect((await failing.checkDestination("https://nowhere.example.com/")).outcome).toBe(
      "destination_unresolvable",
    );
    expect(await outcomeOf({ environment: "production" }, "https://nowhere.example.com/", [])).toBe(
      "destination_unresolvable",
    );
  });
});

describe("the allow-list of a self-hoster", () => {
  it("opens a named host, over http and on any port, whatever it resolves to", async () => {
    const policy: EgressPolicy = { environment: "production", allow: ["receiver"] };
    expect(await outcomeOf(policy, "http://receiver:3000/hook", ["172.18.0.5"])).toBe("allowed");
    expect(await outcomeOf(policy, "http://other:3000/hook", ["172.18.0.5"])).toBe("destination_not_allowed");
  });

  it("opens only the port an entry names", async () => {
    const policy: EgressPolicy = { environment: "production", allow: ["10.0.0.5:3000", "[fd12::5]:3000"] };
    expect(await outcomeOf(policy, "http://10.0.0.5:3000/")).toBe("allowed");
    expect(await outcomeOf(policy, "http://[fd12::5]:3000/")).toBe("allowed");
    expect(await outcomeOf(policy, "http://10.0.0.5:3001/")).toBe("destination_not_allowed");
  });

  it("opens a range to literals and names alike, but not to http", async () => {
    const policy: EgressPolicy = { environment: "production", allow: ["10.20.0.0/16"] };
    expect(await outcomeOf(policy, "https://10.20.3.4/")).toBe("allowed");
    expect(await outcomeOf(policy, "https://emr.example.com/", ["10.20.3.4", "93.184.215.14"])).toBe(
      "allowed",
    );
    expect(await outcomeOf(policy, "https://emr.example.com/", ["10.21.3.4"])).toBe(
      "destination_not_allowed",
    );
    expect(await outcomeOf(policy, "http://10.20.3.4/")).toBe("destination_not_allowed");
  });

  it.each([
    "127.0.0.1",
    "169.254.169.254",
    "100.100.100.200",
    "[::1]",
    "[fd00:ec2::254]",
    "[64:ff9b::a9fe:a9fe]",
    "[::7f00:1]",
  ])("keeps %s shut however wide a range is", async (host) => {
    const policy: EgressPolicy = { environment: "production", allow: ["0.0.0.0/0", "::/0"] };
    expect(await outcomeOf(policy, `https://${host}/`)).toBe("destination_not_allowed");
  });

  it.each(["10.0.0.0/33", "10.0.0.0/x", "nonsense/8", "http://host", "a b", "host:99999999", ""])(
    "refuses to start with the entry %j, naming it",
    (entry) => {
      const create = () => createEgressGuard({ policy: { environment: "production", allow: [entry] } });
      expect(create).toThrow(`"${entry}"`);
    },
  );
});
