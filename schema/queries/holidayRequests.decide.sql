-- decides, with a note: id, employeeName, startDate, endDate, status, managerNote, requester, manager, version, decidedBy, decidedAt
/* holidayRequests.decide */ update "holidays"."holiday_requests" set "status" = $1, "manager_note" = $2
  where lakebase_graphql.require_rules('"holidays"."holiday_requests"'::regclass)
  and "request_id" = $3::bigint
  and "version" = $4::integer returning "request_id", "employee_name", "start_date", "end_date", "status", "manager_note", "requester", "manager", "version", "decided_by", "decided_at";

-- decides or withdraws, without one: id, employeeName, startDate, endDate, status, managerNote, requester, manager, version, decidedBy, decidedAt
/* holidayRequests.decide */ update "holidays"."holiday_requests" set "status" = $1
  where lakebase_graphql.require_rules('"holidays"."holiday_requests"'::regclass)
  and "request_id" = $2::bigint
  and "version" = $3::integer returning "request_id", "employee_name", "start_date", "end_date", "status", "manager_note", "requester", "manager", "version", "decided_by", "decided_at";
