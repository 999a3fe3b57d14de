import type { Row } from "../row.ts";
import { deliverRows } from "./deliver.ts";

/** Every row, in the order they run. */
export const allRows: readonly Row[] = [...deliverRows];
