-- Organizations have turns at having their filters evaluated; each one's are taken oldest first.
create index filter_queue_turns on filter_queue (organization_id, due_at, event_id);
drop index filter_queue_due;
