import { CodeBlock } from "@carewire/ui";
import { Code, Tabs, Text } from "@mantine/core";
import { codeSnippets, type SnippetSubject } from "./code-snippets.ts";

/** How to receive an event type, per language, and how to publish it. */
export function SnippetTabs(subject: SnippetSubject) {
  const snippets = codeSnippets(subject);
  return (
    <Tabs defaultValue={snippets[0]?.language}>
      <Tabs.List aria-label="Language">
        {snippets.map(({ language }) => (
          <Tabs.Tab key={language} value={language}>
            {language}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {snippets.map(({ language, install, code }) => (
        <Tabs.Panel key={language} value={language} pt="sm">
          {install === null ? (
            <Text size="xs" c="dimmed" mb="xs">
              Publishes the sample. With your API key in CAREWIRE_API_KEY and the API’s address in
              CAREWIRE_URL.
            </Text>
          ) : (
            <Text size="xs" mb="xs">
              <Code>{install}</Code>
            </Text>
          )}
          <CodeBlock text={code} what={`the ${language} code`} />
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
