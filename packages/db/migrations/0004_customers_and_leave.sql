-- Customers, where they were seen by a doctor, and who is on leave when.

-- Who an organization's other systems call `patient_external_id`. Set up through PUT /v1/customers/:id.
create table customers (
  organization_id uuid not null references organizations on delete cascade,
  customer_id text not null,            -- the caller's own id
  region_code text,                     -- <country>-<region> of the first address: all that handlers need to see
  personal bytea not null,              -- sealed JSON {email, name, addresses}
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (organization_id, customer_id)
);

-- Whether a customer was seen in a region, and until when that holds. Written by the ingress-emr worker only.
-- established_at is the EMR's clock: the end of the latest call. An earlier call changes nothing.
create table customer_region_establishments (
  id uuid primary key,                  -- est_… outside
  organization_id uuid not null,
  customer_id text not null,
  region_code text not null,
  established boolean not null,         -- false: lapsed, and subscribers were told
  established_at timestamptz not null,
  expires_at timestamptz not null,
  appointment_id text not null,         -- of that call
  provider_id text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (organization_id, customer_id, region_code)
);
create index customer_region_establishments_due on customer_region_establishments (expires_at) where established;

-- Approved leave as last told; a later approved_at (the sender's clock) replaces an earlier one of the same leave.
-- Written by the ingress-workforce worker only, like the days below.
create table leaves (
  organization_id uuid not null,
  leave_id text not null,
  user_id text not null,
  member_of text not null,              -- the organization named in the leave itself
  starts_on date not null,
  ends_on date not null,
  approved_by text not null,
  approved_at timestamptz not null,
  updated_at timestamptz not null default now(),
  primary key (organization_id, leave_id)
);

-- One row per leave and day, so that taking back one of two overlapping leaves leaves the other.
create table roster_days (
  organization_id uuid not null,
  leave_id text not null,
  day date not null,                    -- a date on the wall, in no time zone
  user_id text not null,
  member_of text not null,
  primary key (organization_id, leave_id, day),
  foreign key (organization_id, leave_id) references leaves on delete cascade
);
create index roster_days_by_user on roster_days (organization_id, user_id, day);

select carewire_protect(name::regclass) from unnest(array[
  'customers', 'customer_region_establishments', 'leaves', 'roster_days']) name;
