-- Dead letters that are retried, discarded and watched; consumers that come and go; deliveries that end their process.

-- ─── dead letters ───────────────────────────────────────────────────────────────────────────────────────────
alter table dead_letters
  add column source_id uuid,            -- of a request that could not be mapped: whose provider maps it again
  add column retries smallint not null default 0;
update dead_letters l set source_id = r.source_id from inbound_requests r
  where r.id = l.inbound_request_id and l.event_id is null;
create index dead_letters_by_organization on dead_letters (organization_id, id);
create index dead_letters_open_by_id on dead_letters (id) where status = 'open';
create index dead_letters_by_inbound_request on dead_letters (inbound_request_id) where inbound_request_id is not null;
create index dead_letters_retrying on dead_letters (id) where status = 'retrying';
-- What the ingress apps look for, every second: empty almost always.
create index dead_letters_to_map on dead_letters (source_id, id) where status = 'retrying' and source_id is not null;

-- One row per retry, never deleted: what was tried, by whom, with which payload, and what came of it.
create table dead_letter_retries (
  id uuid primary key,                  -- = deliveries.id, unless an ingress maps the request again
  organization_id uuid not null references organizations on delete cascade,
  dead_letter_id uuid not null references dead_letters on delete cascade,
  payload bytea,                        -- sealed, corrected by hand; null: as it was
  requested_by text not null,
  created_at timestamptz not null default now(),
  outcome text,                         -- resolved | failed | cancelled; null: under way
  error text,
  finished_at timestamptz
);
create index dead_letter_retries_by_letter on dead_letter_retries (dead_letter_id, id);
select carewire_protect('dead_letter_retries');

-- Organizations with too many, or too old, open dead letters. A row exists while the alert stands.
create table dead_letter_alerts (
  organization_id uuid primary key references organizations on delete cascade,
  depth integer not null,
  oldest_event timestamptz not null,
  raised_at timestamptz not null default now()
);
select carewire_protect('dead_letter_alerts');

-- ─── consumers ──────────────────────────────────────────────────────────────────────────────────────────────
alter table consumers add column removed_at timestamptz;

-- Null: never left without an outcome. Else its lease ran out once, and it is handled while nothing else of that kind is:
-- so often has that begun. Whoever ends its process then is known, and nobody else is blamed for it.
alter table delivery_queue add column suspect_runs smallint;
create index delivery_queue_suspects on delivery_queue (destination_id, due_at) where suspect_runs is not null;
