import { Breadcrumbs, Group, Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import type { ReactNode } from "react";
import { AppLink } from "./app-link.tsx";

export interface PageHeaderProps {
  title: string;
  /** One sentence: what this page is for. */
  description?: ReactNode;
  /** The pages above this one. */
  above?: { to: string; label: string }[];
  /** Beside the title: a state. */
  badge?: ReactNode;
  /** At the right: what one can do here. */
  actions?: ReactNode;
}

/** The head of a page; also names the browser's tab. */
export function PageHeader({ title, description, above = [], badge, actions }: PageHeaderProps) {
  useDocumentTitle(`${title} · Carewire`);
  return (
    <header>
      {above.length === 0 ? null : (
        <Breadcrumbs mb={4} separator="/" fz="xs" component="nav" aria-label="Above this page">
          {above.map(({ to, label }) => (
            <AppLink key={to} to={to}>
              {label}
            </AppLink>
          ))}
        </Breadcrumbs>
      )}
      <Group justify="space-between" align="flex-start" gap="sm" mb="md">
        <div>
          <Group gap="sm">
            <Title order={1}>{title}</Title>
            {badge}
          </Group>
          {description === undefined ? null : (
            <Text size="sm" c="dimmed" mt={2} maw={720}>
              {description}
            </Text>
          )}
        </div>
        {actions === undefined ? null : <Group gap="xs">{actions}</Group>}
      </Group>
    </header>
  );
}
