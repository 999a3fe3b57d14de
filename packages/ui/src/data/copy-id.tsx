import { Group } from "@mantine/core";
import { CopyButton } from "../code/copy-button.tsx";
import { AppLink } from "../layout/app-link.tsx";

export interface CopyIdProps {
  id: string;
  /** Where the thing with this id is shown. */
  to?: string;
}

/** An id, to copy, and to follow where it leads somewhere. */
export function CopyId({ id, to }: CopyIdProps) {
  return (
    <Group gap={4} wrap="nowrap" display="inline-flex">
      {to === undefined ? (
        <span className="cw-mono" style={{ overflowWrap: "anywhere" }}>
          {id}
        </span>
      ) : (
        <AppLink to={to} className="cw-mono">
          {id}
        </AppLink>
      )}
      <CopyButton text={id} what={id} />
    </Group>
  );
}

/** An id for a narrow column: its beginning and its end, the whole on hover. */
export function ShortId({ id }: { id: string }) {
  const [prefix, rest = ""] = id.includes("_")
    ? [`${id.slice(0, id.indexOf("_") + 1)}`, id.slice(id.indexOf("_") + 1)]
    : ["", id];
  const short = rest.length > 12 ? `${prefix}${rest.slice(0, 4)}…${rest.slice(-6)}` : id;
  return (
    <span className="cw-mono" title={id}>
      {short}
    </span>
  );
}
