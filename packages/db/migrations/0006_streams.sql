-- Subscriptions that are received over a connection their subscriber opens: see docs/streams.md.
alter table subscriptions
  add column transport text not null default 'http',     -- http | stream: it has no address, and a shard of its own
  add constraint subscriptions_transport check ((transport = 'stream') = (url = 'stream:'));

-- Who listens. While a subscription has no row here its deliveries are held.
create table streams (
  subscription_id uuid primary key references subscriptions on delete cascade,
  organization_id uuid not null references organizations on delete cascade,
  connection_id uuid not null,          -- of the newest connection; those before it get nothing any more
  expires_at timestamptz not null       -- put off for as long as the connection lives
);
create index streams_by_organization on streams (organization_id);
create index streams_by_expiry on streams (expires_at);
select carewire_protect('streams');
-- What a stream takes is leased by the request that serves it.
grant usage on sequence lease_seq to carewire_tenant;
