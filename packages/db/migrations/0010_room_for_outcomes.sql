-- Every delivery is inserted once and updated once, when it is finished. With room for both versions on its page the
-- update touches no index; the table is no larger for it, since the second version was written anyway.
create or replace function carewire_create_partitions(first date, last date) returns integer language plpgsql
security definer set search_path = public, pg_temp set lock_timeout = '500ms' as $$
declare
  parent text; day date; child text; held boolean; made integer := 0; options text;
begin
  perform pg_advisory_xact_lock(720211065);
  foreach parent in array array['inbound_requests', 'events', 'event_payloads', 'deliveries', 'attempts'] loop
    options := case parent when 'deliveries' then ' with (fillfactor = 45)' else '' end;
    for day in select d::date from generate_series(first, last, interval '1 day') d loop
      child := parent || '_' || to_char(day, 'YYYYMMDD');
      continue when to_regclass(child) is not null;
      execute format('select exists (select from %I where id >= $1 and id < $2)', parent || '_default')
        into held using carewire_day_bound(day), carewire_day_bound(day + 1);
      continue when held;
      execute format('create table %I partition of %I for values from (%L) to (%L)%s',
        child, parent, carewire_day_bound(day), carewire_day_bound(day + 1), options);
      made := made + 1;
    end loop;
  end loop;
  return made;
end $$;

do $$
declare child regclass;
begin
  for child in select inhrelid from pg_inherits where inhparent = 'deliveries'::regclass loop
    execute format('alter table %s set (fillfactor = 45)', child);
  end loop;
end $$;
