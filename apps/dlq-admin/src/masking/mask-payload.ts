const depthMax = 64;
const nodesMax = 2_000;
const itemsMax = 20;
/** What code calls its fields. Anything else may be a value in the place of a name, such as an e-mail address. */
const fieldName = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/;

/**
 * A payload without its values: names, nesting and types stay, which is what it takes to see what is wrong with it. Text
 * that is no JSON is only measured. The answer is bounded, however large the payload.
 */
export function maskPayload(bytes: Uint8Array): string {
  if (bytes.byteLength === 0) return "";
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    return `[${bytes.byteLength} bytes that are not JSON]`;
  }
  return JSON.stringify(createMask()(value, 0));
}

function createMask(): (value: unknown, depth: number) => unknown {
  let nodes = 0;

  function mask(value: unknown, depth: number): unknown {
    nodes += 1;
    if (value === null) return null;
    if (typeof value !== "object") return `[${typeof value}]`;
    if (depth >= depthMax || nodes >= nodesMax) return "[…]";
    return Array.isArray(value) ? maskItems(value, depth) : maskFields(value, depth);
  }

  function maskItems(items: unknown[], depth: number): unknown[] {
    const masked = items.slice(0, itemsMax).map((item) => mask(item, depth + 1));
    return items.length > itemsMax ? [...masked, `[… ${items.length - itemsMax} more]`] : masked;
  }

  function maskFields(object: object, depth: number): Record<string, unknown> {
    const masked: [string, unknown][] = [];
    for (const [name, value] of Object.entries(object)) {
      if (nodes >= nodesMax) {
        masked.push(["[…]", "[…]"]);
        break;
      }
      masked.push([fieldName.test(name) ? name : `[name ${masked.length + 1}]`, mask(value, depth + 1)]);
    }
    // Not `{}[name] = …`: a field may be called __proto__.
    return Object.fromEntries(masked);
  }

  return mask;
}
