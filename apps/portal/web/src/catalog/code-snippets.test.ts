import { expect, test } from "vitest";
import { codeSnippets } from "./code-snippets.ts";

const subject = {
  type: "order.paid",
  example: { order_id: "o'1", amount: 4_200 },
  scheme: "standard-webhooks" as const,
};

test.each(codeSnippets(subject).map((snippet) => [snippet.language, snippet.code] as const))(
  "%s names the event type",
  (_, code) => expect(code).toContain("order.paid"),
);

test("every language that receives verifies before it reads", () => {
  for (const { language, code } of codeSnippets(subject)) {
    if (language !== "curl") expect(code).toMatch(/verify|createWebhookHandler/i);
  }
});

test("the svix scheme uses the svix libraries, which read its headers", () => {
  const installs = codeSnippets({ ...subject, scheme: "svix" }).map(({ install }) => install);
  expect(installs.filter((install) => install?.includes("svix"))).toHaveLength(3);
});

test("a quote in the sample does not end the shell's", () => {
  expect(codeSnippets(subject).find(({ language }) => language === "curl")?.code).toContain("o'\\''1");
});
