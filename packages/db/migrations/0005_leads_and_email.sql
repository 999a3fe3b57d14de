-- What became of sent e-mails, and the leads that forms bring in. Written by the ingress-gtm worker.

-- One row per e-mail, without its recipient or subject. Every moment is the first of its kind by Resend's clock, and
-- the status follows from which there are, so that no order or repeat of events changes the row.
create table emails (
  organization_id uuid not null,
  email_id text not null,               -- Resend's
  status text not null,                 -- scheduled | sent | delayed | delivered | failed | suppressed | bounced | complained
  scheduled_at timestamptz,
  sent_at timestamptz,
  delayed_at timestamptz,
  delivered_at timestamptz,
  opened_at timestamptz,
  clicked_at timestamptz,
  failed_at timestamptz,
  suppressed_at timestamptz,
  bounced_at timestamptz,
  complained_at timestamptz,
  bounce_type text,                     -- of the first bounce: Permanent, Transient, Undetermined
  bounce_subtype text,
  updated_at timestamptz not null default now(),
  primary key (organization_id, email_id)
);

-- One row per contact, campaign and 24 hours. *_submitted_at hold the form's clock where it is believable, else ours.
create table leads (
  id uuid primary key,                  -- led_… outside
  organization_id uuid not null,
  source text not null,                 -- the name of the source whose secret signed
  campaign text not null default '',
  contact_hash bytea,                   -- SHA-256 that finds repeats without opening anything; null: no contact given
  status text not null,                 -- accepted | quarantined | discarded
  reason text,                          -- why it was quarantined; stays when it is released
  details bytea not null,               -- sealed JSON: contact, name, message, page, all fields as submitted
  consent_given boolean,                -- null: the form said nothing of consent
  consent_text text,                    -- what was consented to, as shown
  consent_at timestamptz,
  submissions integer not null default 1,
  first_submitted_at timestamptz not null,
  last_submitted_at timestamptz not null,
  decided_by text,                      -- who released or discarded it
  decided_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index leads_by_organization on leads (organization_id, id);
create index leads_by_contact on leads (organization_id, contact_hash, campaign, first_submitted_at);

select carewire_protect(name::regclass) from unnest(array['emails', 'leads']) name;
