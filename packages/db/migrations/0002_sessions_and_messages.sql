-- Video visits (LiveKit) and patient messages (WhatsApp) as their providers last told. Written only by the workers of
-- ingress-telemedicine and ingress-messaging. *_at columns hold the provider's clock, updated_at ours.

-- ─── video visits ───────────────────────────────────────────────────────────────────────────────────────────
-- Events come in any order, so the earliest start and end count, and whatever tells of a room makes its row.
-- state_at and event_id are those of the newest event that was applied.
create table telemedicine_sessions (
  organization_id uuid not null references organizations on delete cascade,
  room_sid text not null,               -- LiveKit's id of one life of a room; its name may be used again
  room_name text,
  status text not null,                 -- active | finished
  started_at timestamptz,               -- null until LiveKit tells of the start or the end
  finished_at timestamptz,
  state_at timestamptz not null,
  event_id text not null,
  updated_at timestamptz not null default now(),
  primary key (organization_id, room_sid)
);
create index telemedicine_sessions_by_name on telemedicine_sessions (organization_id, room_name);
-- What is still active long after its last event lost its room_finished.
create index telemedicine_sessions_active on telemedicine_sessions (state_at) where status = 'active';

-- One row per connection: whoever comes back gets a new sid. An end that was told stands; what has none ends with its
-- room, because LiveKit promises no participant_left.
create table telemedicine_participants (
  organization_id uuid not null references organizations on delete cascade,
  participant_sid text not null,
  room_sid text not null,
  identity text,
  kind text,                            -- STANDARD | AGENT | SIP | …
  status text not null,                 -- joined | left | aborted
  joined_at timestamptz,
  left_at timestamptz,
  leave_reason text,                    -- LiveKit's DisconnectReason
  ended_by text,                        -- event | room; null while there
  state_at timestamptz not null,
  event_id text not null,
  updated_at timestamptz not null default now(),
  primary key (organization_id, participant_sid)
);
create index telemedicine_participants_by_room on telemedicine_participants (organization_id, room_sid);

-- The same for media: what was not unpublished ends with its participant, or with the room.
create table telemedicine_tracks (
  organization_id uuid not null references organizations on delete cascade,
  track_sid text not null,
  room_sid text not null,
  participant_sid text not null,
  kind text,                            -- AUDIO | VIDEO | DATA
  source text,                          -- CAMERA | MICROPHONE | SCREEN_SHARE | …
  status text not null,                 -- published | unpublished
  published_at timestamptz,
  unpublished_at timestamptz,
  ended_by text,                        -- event | participant | room; null while published
  state_at timestamptz not null,
  event_id text not null,
  updated_at timestamptz not null default now(),
  primary key (organization_id, track_sid)
);
create index telemedicine_tracks_by_room on telemedicine_tracks (organization_id, room_sid);

-- ─── patient messages ───────────────────────────────────────────────────────────────────────────────────────
-- What a patient wrote is in the event's sealed payload, not here. A message never changes.
create table messaging_messages (
  organization_id uuid not null references organizations on delete cascade,
  message_id text not null,             -- wamid.…; holds the phone number in base64, so it is never logged either
  phone_number_id text not null,        -- which of our numbers it came to
  sender_user_id text,                  -- Meta's id of the person for this business (BSUID)
  sender_phone text,                    -- null when the person hides it
  type text not null,                   -- text | image | audio | …
  reply_to_message_id text,
  sent_at timestamptz not null,
  event_id uuid not null,
  created_at timestamptz not null default now(),
  primary key (organization_id, message_id)
);
create index messaging_messages_by_user on messaging_messages (organization_id, sender_user_id, sent_at)
  where sender_user_id is not null;
create index messaging_messages_by_phone on messaging_messages (organization_id, sender_phone, sent_at)
  where sender_phone is not null;

-- What became of messages we sent. The status of the highest rank stands, whenever it arrived:
-- sent < failed < delivered < read < played < deleted. Each *_at is the earliest time told for that status.
create table messaging_statuses (
  organization_id uuid not null references organizations on delete cascade,
  message_id text not null,
  phone_number_id text not null,
  recipient_user_id text,
  recipient_phone text,
  status text not null,                 -- sent | failed | delivered | read | played | deleted
  sent_at timestamptz,
  failed_at timestamptz,
  delivered_at timestamptz,
  read_at timestamptz,
  played_at timestamptz,
  deleted_at timestamptz,
  error_code integer,                   -- Meta's, of the failure
  state_at timestamptz not null,        -- of the standing status
  event_id uuid not null,
  updated_at timestamptz not null default now(),
  primary key (organization_id, message_id)
);

select carewire_protect(name::regclass) from unnest(array['telemedicine_sessions', 'telemedicine_participants',
  'telemedicine_tracks', 'messaging_messages', 'messaging_statuses']) name;
