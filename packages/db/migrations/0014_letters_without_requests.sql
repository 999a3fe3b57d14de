-- What the ingress reads of a request again when it maps it again: the letter outlives the request.
alter table dead_letters
  add column message_id text,           -- the id that the request's signature covered
  add column content_type text;         -- what the request was sent as
update dead_letters l set message_id = r.external_id, content_type = r.headers::jsonb ->> 'content-type'
  from inbound_requests r
  where r.id = l.inbound_request_id and l.source_id is not null and l.status in ('open', 'retrying');

-- A worker looks for its own organization's payments only.
create index mobile_payments_due_of on mobile_payments (organization_id, provider, next_look_at)
  where next_look_at is not null;
drop index mobile_payments_due;
