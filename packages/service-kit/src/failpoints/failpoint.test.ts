import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";

const program = (failpoints: boolean) => `
  globalThis.CAREWIRE_FAILPOINTS = ${failpoints};
  const { failpoint } = await import(${JSON.stringify(new URL("./failpoint.ts", import.meta.url))});
  for (const passage of [1, 2, 3, 4]) {
    process.stdout.write(String(passage));
    failpoint("after_send");
  }
`;

function run(failpoints: boolean, plan: string) {
  const { signal, stdout, stderr } = spawnSync(
    process.execPath,
    ["--input-type=module", "-e", program(failpoints)],
    {
      env: { ...process.env, FAILPOINT: plan },
      encoding: "utf8",
    },
  );
  return { signal, stdout, stderr };
}

it("kills its process at the planned passage, and says where it died", { timeout: 60_000 }, () => {
  expect(run(true, "after_send:kill@3")).toEqual({
    signal: "SIGKILL",
    stdout: "123",
    stderr: "failpoint after_send: killed at passage 3\n",
  });
});

it("lets every other failpoint pass", { timeout: 60_000 }, () => {
  expect(run(true, "after_commit:kill")).toEqual({ signal: null, stdout: "1234", stderr: "" });
});

it("does nothing outside the bundles of crash tests, whatever FAILPOINT says", { timeout: 60_000 }, () => {
  expect(run(false, "after_send:kill")).toEqual({ signal: null, stdout: "1234", stderr: "" });
});
