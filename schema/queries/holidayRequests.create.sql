-- asks for days off: id, employeeName, startDate, endDate, status, managerNote, requester, manager, version, decidedBy, decidedAt
/* holidayRequests.create */ insert into "holidays"."holiday_requests" ("start_date", "end_date") select $1::date, $2::date
  where lakebase_graphql.require_rules('"holidays"."holiday_requests"'::regclass) returning "request_id", "employee_name", "start_date", "end_date", "status", "manager_note", "requester", "manager", "version", "decided_by", "decided_at";
