import { expect, test } from "vitest";
import { root } from "../paths.ts";
import { familyProblems, listFamilies } from "./family-problems.ts";

test.each(listFamilies(root))(
  "ingress-%s lacks nothing: samples, negative cases, pages, services and paths",
  (family) => {
    expect(familyProblems(root, family)).toEqual([]);
  },
);
