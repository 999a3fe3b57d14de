/** How the elements of one array type are written and read. */
interface Element {
  /** Type id of the array, pg_type.dat. */
  arrayType: number;
  /** As the array literal wants it, quoted only where it must be: batches of thousands of values come through here. */
  write(value: unknown): string;
  read(text: string): unknown;
}

const asText = (value: unknown): string => String(value);
const special = /["\\]/;
const quoted = (value: unknown): string => {
  const text = String(value);
  return special.test(text) ? `"${text.replace(/["\\]/g, "\\$&")}"` : `"${text}"`;
};
const asIs = (text: string): string => text;

const elements: Record<string, Element> = {
  bool: { arrayType: 1000, write: (value) => (value ? "t" : "f"), read: (text) => text === "t" },
  bytea: {
    arrayType: 1001,
    write: (value) => `"\\\\x${Buffer.from(value as Uint8Array).toString("hex")}"`,
    read: (text) => Buffer.from(text.slice(2), "hex"),
  },
  int2: { arrayType: 1005, write: asText, read: Number },
  int4: { arrayType: 1007, write: asText, read: Number },
  text: { arrayType: 1009, write: quoted, read: asIs },
  varchar: { arrayType: 1015, write: quoted, read: asIs },
  // Past 2^53, so text, as the driver reads a single one.
  int8: { arrayType: 1016, write: quoted, read: asIs },
  float8: { arrayType: 1022, write: asText, read: Number },
  timestamptz: {
    arrayType: 1185,
    write: (value) => quoted(value instanceof Date ? value.toISOString() : value),
    read: (text) => new Date(text),
  },
  uuid: { arrayType: 2951, write: quoted, read: asIs },
  jsonb: {
    arrayType: 3807,
    write: (value) => quoted(JSON.stringify(value)),
    read: (text) => JSON.parse(text),
  },
};

/** One entry of the driver's `types` option. */
interface DriverType {
  to: number;
  from: number[];
  serialize(values: unknown): unknown;
  parse(text: string): unknown[];
}

/**
 * The one-dimensional array types we use, told to the driver up front. Left to itself it asks the server on every new
 * connection, and when that connection breaks meanwhile nobody catches the rejection: the process would end.
 */
export const arrayTypes: Record<string, DriverType> = Object.fromEntries(
  Object.entries(elements).map(([name, element]) => [
    `${name}_array`,
    {
      to: element.arrayType,
      from: [element.arrayType],
      // Text is an array literal already.
      serialize: (values: unknown) => (Array.isArray(values) ? writeArray(values, element.write) : values),
      parse: (text: string) => readArray(text, element.read),
    },
  ]),
);

function writeArray(values: readonly unknown[], write: Element["write"]): string {
  const items = values.map((value) => (value === null || value === undefined ? "NULL" : write(value)));
  return `{${items.join(",")}}`;
}

const item = /"((?:[^"\\]|\\.)*)"|([^,{}]+)/gs;

function readArray(text: string, read: Element["read"]): unknown[] {
  const values: unknown[] = [];
  for (const [, quoted, bare] of text.matchAll(item)) {
    if (quoted !== undefined) values.push(read(quoted.replace(/\\(.)/gs, "$1")));
    else values.push(bare === "NULL" ? null : read(bare ?? ""));
  }
  return values;
}
