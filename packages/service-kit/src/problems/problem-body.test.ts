import { problemSchema } from "@carewire/contracts";
import { describe, expect, it } from "vitest";
import { problemBody } from "./problem-body.ts";
import { type ProblemCode, problemCatalog } from "./problem-catalog.ts";

const codes = Object.keys(problemCatalog) as ProblemCode[];

describe("a problem's body", () => {
  it.each(codes)("has the shape the contract publishes (%s)", (code) => {
    const errors = [{ path: "url", message: "Check it.", code: "invalid" }];
    const body = problemBody(code, { detail: "Something.", errors }, "0198");
    expect(problemSchema.parse(body)).toEqual(body);
    expect(body.type).toBe(`https://carewire.dev/problems/${code}`);
  });

  it("leaves out the list of errors when there is none", () => {
    expect(problemBody("not_found", { detail: "Nothing here." }, "0198")).not.toHaveProperty("errors");
  });
});
