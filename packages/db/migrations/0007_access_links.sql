-- How people reach the portal: links that are good once, and the sessions made from them or from an API key. Of both only
-- a SHA-256 hash of the token is kept, and both end with the API key they came from.

create table access_links (
  id uuid primary key,                  -- lnk_… outside
  organization_id uuid not null references organizations on delete cascade,
  account_id uuid references accounts on delete cascade,
  api_key_id uuid not null references api_keys on delete cascade,
  token_hash bytea not null unique,
  scopes text[] not null,
  embed_origin text,                    -- the page that may show the portal in a frame; null: none
  created_by text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,      -- of the link, and of the session made from it
  used_at timestamptz
);
create index access_links_by_organization on access_links (organization_id, expires_at);

create table sessions (
  id uuid primary key,                  -- ses_… outside
  organization_id uuid not null references organizations on delete cascade,
  account_id uuid references accounts on delete cascade,
  api_key_id uuid not null references api_keys on delete cascade,
  access_link_id uuid,                  -- null: somebody signed in with the key itself
  token_hash bytea not null unique,
  scopes text[] not null,
  embed_origin text,
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),  -- to the minute; one that was idle for too long has ended
  expires_at timestamptz not null,
  ended_at timestamptz                  -- signed out
);
create index sessions_by_organization on sessions (organization_id, expires_at);

select carewire_protect(name::regclass) from unnest(array['access_links', 'sessions']) name;
