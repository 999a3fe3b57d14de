/** Where each app listens on the local stack. An app's worker role (health, metrics) listens 100 above. */
export const appPorts: Record<string, number> = {
  "subscriptions-api": 4000,
  dispatcher: 4010,
  doctors: 4011,
  "dlq-admin": 4020,
  portal: 4030,
  "ingress-payments": 4101,
  "ingress-telemedicine": 4102,
  "ingress-messaging": 4103,
  "ingress-gtm": 4104,
  "ingress-emr": 4105,
  "ingress-workforce": 4106,
};

export const workerPortOffset = 100;
