-- Null: erased, or the letter is closed and its payload past its lifetime.
alter table dead_letters alter column original_payload drop not null;
create index dead_letters_closed_with_payload on dead_letters (resolved_at)
  where status in ('resolved', 'discarded') and original_payload is not null;
create index dead_letter_retries_with_payload on dead_letter_retries (dead_letter_id) where payload is not null;
