-- Mobile money: payments whose outcome is read from Orange Money and MTN MoMo.

-- Registered through the API of ingress-payments; everything below `state` is written by its worker, hinted_at by its
-- consumers. Times are ours: the providers' status reads tell none.
create table mobile_payments (
  id uuid primary key,                  -- pay_… outside
  organization_id uuid not null references organizations on delete cascade,
  provider text not null,               -- orange-money, mtn-momo
  reference text not null,              -- what its status is asked for by: Orange Money's order id, MTN's X-Reference-Id
  order_id text,
  external_id text,                     -- MTN's externalId, which a status must repeat
  customer_id text,
  amount numeric not null check (amount > 0), -- in the currency's main unit, as the providers count
  currency text not null,
  notif_token_hash bytea,               -- SHA-256 of what Orange Money's notification shows
  secrets bytea,                        -- sealed JSON {pay_token, payer_id}: shown to, or compared with, the provider
  registered_at timestamptz not null,
  started_at timestamptz,               -- since when its status can be read; null: the provider's tokens are not here yet
  state text not null default 'pending' check (state in ('pending', 'succeeded', 'failed', 'expired')),
  reason text,                          -- why it failed
  provider_transaction_id text,
  settled_at timestamptz,
  hinted_at timestamptz,                -- the latest callback
  hint_event_id uuid,                   -- its event, which what is told then was caused by
  looked_at timestamptz,
  look_count integer not null default 0,
  problem text,                         -- why the latest look settled nothing
  next_look_at timestamptz,             -- null: nothing is looked for (any more)
  lease_token uuid,                     -- of the worker that looks
  lease_until timestamptz,
  unique (organization_id, provider, reference)
);
create index mobile_payments_due on mobile_payments (provider, next_look_at) where next_look_at is not null;
create unique index mobile_payments_by_notif_token on mobile_payments (organization_id, notif_token_hash)
  where notif_token_hash is not null;
create index mobile_payments_by_order on mobile_payments (organization_id, order_id) where order_id is not null;
create index mobile_payments_by_external_id on mobile_payments (organization_id, external_id) where external_id is not null;

select carewire_protect('mobile_payments');
