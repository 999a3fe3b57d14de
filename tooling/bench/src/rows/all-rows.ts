import type { Row } from "../row.ts";
import { deliverRows } from "./deliver.ts";
import { ingressRow } from "./ingress.ts";

/** Every row, in the order they run. */
export const allRows: readonly Row[] = [ingressRow, ...deliverRows];
