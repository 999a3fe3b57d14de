// Made from packages/contracts by `npm run generate:client`; a test notices when it is out of date.
import type { Route } from "./route.ts";

export const routes: Record<string, Record<string, Route>> = {
  events: {
    publish: {"method":"POST","path":"/v1/events","payload":"body","repeat":"with_key","isList":false},
    list: {"method":"GET","path":"/v1/events","payload":"query","repeat":"always","isList":true},
    publishBatch: {"method":"POST","path":"/v1/events/batch","payload":"body","repeat":"with_key","isList":false},
    get: {"method":"GET","path":"/v1/events/:id","payload":"none","repeat":"always","isList":false},
  },
  eventTypes: {
    list: {"method":"GET","path":"/v1/event-types","payload":"query","repeat":"always","isList":true},
    create: {"method":"POST","path":"/v1/event-types","payload":"body","repeat":"unless_done","isList":false},
    get: {"method":"GET","path":"/v1/event-types/:type","payload":"none","repeat":"always","isList":false},
    update: {"method":"PATCH","path":"/v1/event-types/:type","payload":"body","repeat":"always","isList":false},
    remove: {"method":"DELETE","path":"/v1/event-types/:type","payload":"none","repeat":"always","isList":false},
  },
  resources: {
    getAppointment: {"method":"GET","path":"/dr/v1/business/appointments/:id","payload":"none","repeat":"always","isList":false},
    getPrescription: {"method":"GET","path":"/dr/v1/business/prescription/:id","payload":"none","repeat":"always","isList":false},
    get: {"method":"GET","path":"/v1/resources/:kind/:id","payload":"none","repeat":"always","isList":false},
  },
  payloads: {
    erase: {"method":"DELETE","path":"/v1/events/:id/payload","payload":"body","repeat":"always","isList":false},
  },
  subscriptions: {
    create: {"method":"POST","path":"/v1/subscriptions","payload":"body","repeat":"unless_done","isList":false},
    list: {"method":"GET","path":"/v1/subscriptions","payload":"query","repeat":"always","isList":true},
    checkUrl: {"method":"POST","path":"/v1/subscriptions/check-url","payload":"body","repeat":"unless_done","isList":false},
    get: {"method":"GET","path":"/v1/subscriptions/:id","payload":"none","repeat":"always","isList":false},
    update: {"method":"PATCH","path":"/v1/subscriptions/:id","payload":"body","repeat":"always","isList":false},
    remove: {"method":"DELETE","path":"/v1/subscriptions/:id","payload":"none","repeat":"always","isList":false},
    getSecret: {"method":"GET","path":"/v1/subscriptions/:id/secret","payload":"none","repeat":"always","isList":false},
    rotateSecret: {"method":"POST","path":"/v1/subscriptions/:id/rotate-secret","payload":"body","repeat":"unless_done","isList":false},
    pause: {"method":"POST","path":"/v1/subscriptions/:id/pause","payload":"none","repeat":"always","isList":false},
    resume: {"method":"POST","path":"/v1/subscriptions/:id/resume","payload":"none","repeat":"always","isList":false},
    ping: {"method":"POST","path":"/v1/subscriptions/:id/ping","payload":"none","repeat":"unless_done","isList":false},
    test: {"method":"POST","path":"/v1/subscriptions/:id/test","payload":"body","repeat":"unless_done","isList":false},
    stats: {"method":"GET","path":"/v1/subscriptions/:id/stats","payload":"query","repeat":"always","isList":false},
  },
  doctor: {
    get: {"method":"GET","path":"/v1/doctor","payload":"none","repeat":"always","isList":false},
  },
  deliveries: {
    list: {"method":"GET","path":"/v1/deliveries","payload":"query","repeat":"always","isList":true},
    get: {"method":"GET","path":"/v1/deliveries/:id","payload":"none","repeat":"always","isList":false},
    listAttempts: {"method":"GET","path":"/v1/deliveries/:id/attempts","payload":"query","repeat":"always","isList":true},
    cancel: {"method":"POST","path":"/v1/deliveries/:id/cancel","payload":"none","repeat":"always","isList":false},
  },
  replays: {
    create: {"method":"POST","path":"/v1/replays","payload":"body","repeat":"with_key","isList":false},
    list: {"method":"GET","path":"/v1/replays","payload":"query","repeat":"always","isList":true},
    get: {"method":"GET","path":"/v1/replays/:id","payload":"none","repeat":"always","isList":false},
    cancel: {"method":"POST","path":"/v1/replays/:id/cancel","payload":"none","repeat":"always","isList":false},
    recover: {"method":"POST","path":"/v1/subscriptions/:id/recover","payload":"body","repeat":"with_key","isList":false},
    replayMissing: {"method":"POST","path":"/v1/subscriptions/:id/replay-missing","payload":"body","repeat":"with_key","isList":false},
    replayDelivery: {"method":"POST","path":"/v1/deliveries/:id/replay","payload":"none","repeat":"with_key","isList":false},
  },
  lineage: {
    get: {"method":"GET","path":"/v1/lineage/:id","payload":"none","repeat":"always","isList":false},
  },
  customers: {
    put: {"method":"PUT","path":"/v1/customers/:id","payload":"body","repeat":"always","isList":false},
    get: {"method":"GET","path":"/v1/customers/:id","payload":"none","repeat":"always","isList":false},
  },
  leads: {
    list: {"method":"GET","path":"/v1/leads","payload":"query","repeat":"always","isList":true},
    get: {"method":"GET","path":"/v1/leads/:id","payload":"none","repeat":"always","isList":false},
    release: {"method":"POST","path":"/v1/leads/:id/release","payload":"none","repeat":"unless_done","isList":false},
    discard: {"method":"POST","path":"/v1/leads/:id/discard","payload":"body","repeat":"unless_done","isList":false},
  },
  accounts: {
    create: {"method":"POST","path":"/v1/accounts","payload":"body","repeat":"unless_done","isList":false},
    list: {"method":"GET","path":"/v1/accounts","payload":"query","repeat":"always","isList":true},
    get: {"method":"GET","path":"/v1/accounts/:id","payload":"none","repeat":"always","isList":false},
  },
  apiKeys: {
    create: {"method":"POST","path":"/v1/api-keys","payload":"body","repeat":"unless_done","isList":false},
    list: {"method":"GET","path":"/v1/api-keys","payload":"query","repeat":"always","isList":true},
    get: {"method":"GET","path":"/v1/api-keys/:id","payload":"none","repeat":"always","isList":false},
    revoke: {"method":"DELETE","path":"/v1/api-keys/:id","payload":"none","repeat":"always","isList":false},
  },
  accessLinks: {
    create: {"method":"POST","path":"/v1/access-links","payload":"body","repeat":"unless_done","isList":false},
  },
  sessions: {
    create: {"method":"POST","path":"/v1/sessions","payload":"none","repeat":"unless_done","isList":false},
    get: {"method":"GET","path":"/v1/session","payload":"none","repeat":"always","isList":false},
    end: {"method":"DELETE","path":"/v1/session","payload":"none","repeat":"always","isList":false},
  },
  audit: {
    list: {"method":"GET","path":"/v1/audit","payload":"query","repeat":"always","isList":true},
    verify: {"method":"GET","path":"/v1/audit/verify","payload":"query","repeat":"always","isList":false},
  },
};
