import type { Subscription } from "@carewire/contracts";

/** Where an endpoint's deliveries go. */
export function EndpointAddress({ endpoint }: { endpoint: Pick<Subscription, "url"> }) {
  return endpoint.url === null ? (
    <>To whoever runs “carewire listen”</>
  ) : (
    <span className="cw-mono" style={{ overflowWrap: "anywhere" }}>
      {endpoint.url}
    </span>
  );
}
