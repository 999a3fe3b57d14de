import { spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { describe, it, type TestContext } from "vitest";

const program = `
  const { runService } = await import(${JSON.stringify(new URL("./run-service.ts", import.meta.url))});
  const { createLogger } = await import(${JSON.stringify(new URL("../logging/create-logger.ts", import.meta.url))});
  const { createMetrics } = await import(${JSON.stringify(new URL("../metrics/create-metrics.ts", import.meta.url))});
  const { url } = await runService({
    name: "child", port: Number(process.argv[1] ?? 0), host: "127.0.0.1", readiness: {},
    logger: createLogger({ service: "child" }), metrics: createMetrics({ service: "child" }),
    routes: (app) => {
      app.get("/slow", (_req, res) => { process.stdout.write("ARRIVED\\n"); setTimeout(() => res.end("done"), 300); });
      app.get("/throw", (_req, res) => { res.end("ok"); setImmediate(() => { throw new Error("out of reach"); }); });
      app.get("/reject", (_req, res) => { res.end("ok"); Promise.reject(new Error("nobody listens")); });
    },
  });
  process.stdout.write("URL " + url + "\\n");
`;

function startChild(onTestFinished: TestContext["onTestFinished"], ...args: string[]) {
  const child = spawn(process.execPath, ["--input-type=module", "-e", program, ...args]);
  onTestFinished(() => void child.kill("SIGKILL"));
  let output = "";
  const waiting: { pattern: RegExp; resolve: (match: RegExpExecArray) => void }[] = [];
  const onText = (chunk: Buffer) => {
    output += chunk;
    for (const { pattern, resolve } of waiting) {
      const match = pattern.exec(output);
      if (match !== null) resolve(match);
    }
  };
  child.stdout.on("data", onText);
  child.stderr.on("data", onText);
  const exited = new Promise<number | null>((resolve) => child.once("close", (code) => resolve(code)));
  const printed = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve) => {
      waiting.push({ pattern, resolve });
      onText(Buffer.alloc(0));
    });
  return { child, exited, printed, output: () => output };
}

describe.concurrent("a service process", { timeout: 60_000 }, () => {
  it("finishes the request in flight and exits with 0 on SIGTERM", async ({ expect, onTestFinished }) => {
    const { child, exited, printed } = startChild(onTestFinished);
    const url = (await printed(/URL (\S+)/))[1];
    const response = fetch(`${url}/slow`);
    await printed(/ARRIVED/);
    child.kill("SIGTERM");
    expect(await (await response).text()).toBe("done");
    expect(await exited).toBe(0);
  });

  it.for(["throw", "reject"])(
    "exits with 1 after an error nobody handled (%s)",
    async (path, { expect, onTestFinished }) => {
      const { exited, printed, output } = startChild(onTestFinished);
      const url = (await printed(/URL (\S+)/))[1];
      await fetch(`${url}/${path}`);
      expect(await exited).toBe(1);
      expect(output()).toContain('"level":"fatal"');
    },
  );

  it("exits with 1 and one sentence when the port is taken", async ({ expect, onTestFinished }) => {
    const occupier = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void occupier.close());
    await once(occupier, "listening");
    const { port } = occupier.address() as AddressInfo;
    const { exited, output } = startChild(onTestFinished, String(port));
    expect(await exited).toBe(1);
    expect(output()).toBe(
      `child cannot start: port ${port} on 127.0.0.1 is already in use; stop what uses it or set PORT to a free one.\n`,
    );
  });
});
