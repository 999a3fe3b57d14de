import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Pool } from "undici";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Connector } from "./create-connector.ts";
import { createEgressGuard } from "./create-egress-guard.ts";

const publicAddress = "93.184.215.14";
const publicAddressV6 = "2606:2800:21f:cb07:6820:80da:af6b:8b2c";

/** A connect function that must never be reached. */
function forbiddenConnect() {
  return vi.fn<Connector>((_options, callback) => callback(new Error("a socket would have opened"), null));
}

function guardAnswering(answers: string[], connect: Connector) {
  return createEgressGuard({
    policy: { environment: "production", ownHosts: ["hooks.carewire.example"] },
    resolve: async () => answers,
    connect,
  });
}

function connectThrough(connector: Connector, text: string): Promise<unknown> {
  const url = new URL(text);
  return new Promise((resolve) => {
    const options = { hostname: url.hostname, host: url.host, protocol: url.protocol, port: url.port };
    connector(options, (error, socket) => resolve(error ?? socket));
  });
}

/** Cases that the URL alone gives away. */
const refusedUrls: [number, string][] = [
  [1, "http://127.0.0.1"],
  [2, "https://127.1"],
  [3, "https://0x7f000001"],
  [4, "https://2130706433"],
  [5, "https://0177.0.0.1"],
  [6, "https://0"],
  [7, "https://127.0.0.1."],
  [8, "https://①②⑦.⓪.⓪.①"],
  [9, "https://127。0。0。1"],
  [10, "https://ⓛocalhost"],
  [11, "https://localhost."],
  [12, "https://a.localhost"],
  [13, "https://[::]"],
  [14, "https://[::1]"],
  [15, "https://[::ffff:7f00:1]"],
  [16, "https://[::ffff:a9fe:a9fe]"],
  [17, "https://[::127.0.0.1]"],
  [18, "https://[64:ff9b::a9fe:a9fe]"],
  [19, "https://[64:ff9b:1::a9fe:a9fe]"],
  [20, "https://[2002:a9fe:a9fe::]"],
  [21, "https://[2001:0:a9fe:a9fe::1]"],
  [22, "https://[fe80::1]"],
  [23, "https://[fd00:ec2::254]"],
  [24, "https://[fec0::1]"],
  [25, "https://10.0.0.1"],
  [25, "https://172.16.0.1"],
  [25, "https://172.31.255.255"],
  [25, "https://192.168.1.1"],
  [26, "https://100.100.100.200"],
  [27, "https://169.254.169.254"],
  [28, "https://168.63.129.16"],
  [29, "https://198.18.0.1"],
  [29, "https://192.0.0.192"],
  [29, "https://240.0.0.1"],
  [29, "https://255.255.255.255"],
  [29, "https://224.0.0.1"],
  [29, "https://[ff02::1]"],
  [30, "https://metadata.google.internal"],
  [36, "https://user:pw@good.example.com"],
  [37, "https://good@127.0.0.1"],
  [39, "https://good.example.com:22"],
  [39, "https://good.example.com:25"],
  [39, "https://good.example.com:6379"],
  [39, "https://good.example.com:5432"],
  [39, "https://good.example.com:0"],
  [40, "file:///etc/passwd"],
  [40, "gopher://good.example.com"],
  [40, "javascript:alert(1)"],
  [40, "ftp://good.example.com"],
  [43, `https://good.example.com/${"a".repeat(2_000_000)}`],
  [44, "https://hooks.carewire.example/api/webhooks/stripe"],
];

/** Cases that only resolution shows. */
const refusedAnswers: [number, string, string[]][] = [
  [31, "a name with a private address", ["10.1.2.3"]],
  [31, "a name with the metadata address", ["169.254.169.254"]],
  [31, "a name with an IPv4-mapped loopback address", ["::ffff:127.0.0.1"]],
  [33, "a mixed set of public and private", [publicAddress, "192.168.0.10"]],
  [34, "a private AAAA beside a public A", [publicAddress, "fd12:3456::1"]],
  [34, "a loopback AAAA beside a public A", [publicAddress, "::1"]],
  [34, "an answer that is no address", [publicAddress, "localhost"]],
];

/** Cases that look odd and are fine; what is stored is the normalised URL. */
const allowedUrls: [number, string, string][] = [
  [38, "https://good.example.com\\@127.0.0.1", "https://good.example.com/@127.0.0.1"],
  [42, "https://good.example.com/a\r\nX-Injected: 1", "https://good.example.com/aX-Injected:%201"],
  [42, "https://good.exa\nmple.com/a", "https://good.example.com/a"],
];

const servers: Server[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((done) => server.close(done))));
});

async function startServer(answer: (url: string) => { status: number; location?: string }) {
  const requests: string[] = [];
  const server = createServer((req, res) => {
    requests.push(req.url ?? "");
    const { status, location } = answer(req.url ?? "");
    res.writeHead(status, location === undefined ? {} : { location }).end();
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return { port: (server.address() as AddressInfo).port, requests };
}

describe("the egress guard at create, update and send", () => {
  it.each(refusedUrls)("case %i: refuses %.60s without resolving or connecting", async (_case, text) => {
    const connect = forbiddenConnect();
    const resolve = vi.fn(async () => [publicAddress]);
    const policy = { environment: "production", ownHosts: ["hooks.carewire.example"] } as const;
    const guard = createEgressGuard({ policy, resolve, connect });

    expect(guard.checkUrl(text).outcome).toBe("destination_not_allowed");
    expect((await guard.checkDestination(text)).outcome).toBe("destination_not_allowed");
    const url = new URL(text);
    // A Pool knows only the origin; the rest of a URL was refused before one could exist.
    if (url.username === "" && text.length < 100) {
      expect(await connectThrough(guard.connector, url.href)).toMatchObject({
        code: "destination_not_allowed",
      });
    }
    expect(resolve).not.toHaveBeenCalled();
    expect(connect).not.toHaveBeenCalled();
  });

  it.each(refusedAnswers)("case %i: refuses %s before a socket opens", async (_case, _name, answers) => {
    const connect = forbiddenConnect();
    const guard = guardAnswering(answers, connect);
    const text = "https://rebind.example.com/hook";

    expect(guard.checkUrl(text).outcome).toBe("allowed");
    expect((await guard.checkDestination(text)).outcome).toBe("destination_not_allowed");
    expect(await connectThrough(guard.connector, text)).toMatchObject({ code: "destination_not_allowed" });
    expect(connect).not.toHaveBeenCalled();
  });

  it("case 32: refuses at send a name that was public at create (rebinding)", async () => {
    const connect = forbiddenConnect();
    const answers = [[publicAddress], ["127.0.0.1"]];
    const guard = createEgressGuard({
      policy: { environment: "production" },
      resolve: async () => answers.shift() ?? [],
      connect,
    });

    expect((await guard.checkDestination("https://rebind.example.com/")).outcome).toBe("allowed");
    expect(await connectThrough(guard.connector, "https://rebind.example.com/")).toMatchObject({
      code: "destination_not_allowed",
    });
    expect(connect).not.toHaveBeenCalled();
  });

  it.each([302, 307])("case 35: a %i towards a loopback sink leaves the sink untouched", async (status) => {
    const sink = await startServer(() => ({ status: 200 }));
    const target = await startServer(() => ({ status, location: `http://127.0.0.1:${sink.port}/stolen` }));
    const guard = createEgressGuard({ policy: { environment: "local" } });
    const pool = new Pool(`http://127.0.0.1:${target.port}`, { connect: guard.connector });

    const response = await pool.request({ method: "POST", path: "/hook", body: "{}" });
    await response.body.dump();
    await pool.close();

    expect(response.statusCode).toBe(status);
    expect(target.requests).toEqual(["/hook"]);
    expect(sink.requests).toEqual([]);
  });

  it.each(allowedUrls)("case %i: stores %j as the URL that is really used", async (_case, text, url) => {
    const guard = guardAnswering([publicAddress], forbiddenConnect());
    expect(await guard.checkDestination(text)).toEqual({ outcome: "allowed", url, warnings: [] });
  });

  it("case 41: shows a homograph as punycode, with a warning", async () => {
    const guard = guardAnswering([publicAddress, publicAddressV6], forbiddenConnect());
    expect(await guard.checkDestination("https://аррӏе.com/hook")).toEqual({
      outcome: "allowed",
      url: "https://xn--80ak6aa92e.com/hook",
      warnings: ["internationalised_host"],
    });
  });
});
