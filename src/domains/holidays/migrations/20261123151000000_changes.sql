-- Up Migration

-- Every change is noted in the change log, so that nobody is shown what no longer holds; see docs/coherence.md.
select lakebase_graphql.track_changes('holidays.holiday_requests', 'request_id', '{requester,status}');
select lakebase_graphql.track_changes('holidays.employees', 'email');

-- Down Migration

drop trigger changes_insert on holidays.holiday_requests;
drop trigger changes_update on holidays.holiday_requests;
drop trigger changes_delete on holidays.holiday_requests;
drop trigger changes_truncate on holidays.holiday_requests;
drop trigger changes_insert on holidays.employees;
drop trigger changes_update on holidays.employees;
drop trigger changes_delete on holidays.employees;
drop trigger changes_truncate on holidays.employees;
