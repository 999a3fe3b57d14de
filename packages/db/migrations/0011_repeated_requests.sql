-- Of a request that stored no event: the event, or the dead letter, that the one before it became.
alter table inbound_requests add column repeat_of uuid;
