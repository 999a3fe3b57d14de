/** What usually helps, by cause. */
export function hintFor(cause: string, isOfIngress: boolean): string {
  if (isOfIngress) {
    return "The provider's request could not be mapped. Retry after a fix of the ingress, or with a corrected body.";
  }
  switch (cause) {
    case "schema":
      return "The payload lacks what its topic promises. Retry with a corrected payload, or after the schema was changed.";
    case "malformed":
      return "The payload is no JSON object. Retry with a corrected payload, or discard it and have it published again.";
    case "lookup_failed":
      return "What the event names is not known here. Create it, then retry.";
    case "expired":
      return "The payload is not kept any more. Retry with a payload from the source, or discard it.";
    case "unreadable":
      return "The payload did not open with the organization's key. Check the key encryption keys, then retry.";
    case "poison":
      return "Handling it ended the process again and again. Fix the handler before you retry.";
    default:
      return "The handler failed every time. Fix what its error names, then retry.";
  }
}
