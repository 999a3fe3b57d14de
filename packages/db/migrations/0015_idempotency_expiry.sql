-- Block ranges never forget the oldest key they held: where keys are added and removed all the time, every range seems to
-- hold some that expired, and each batch of them reads the whole table.
create index idempotency_expires_at on idempotency (expires_at);
drop index idempotency_expiry;
