import { type Fields, isName, isObject } from "./fields.ts";

/** The type that Eka's envelope tells; its own deliveries do so in `event` or `event_type`. Null: it is no such envelope. */
export function thinTypeOf({ service, event, event_type, event_time, data }: Fields): string | null {
  const type = event ?? event_type;
  return isName(service) && isName(type) && isObject(data) && event_time !== undefined ? type : null;
}
