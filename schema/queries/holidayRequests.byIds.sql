-- requests by ids: id, employeeName, startDate, endDate, status, managerNote, requester, manager, version, decidedBy, decidedAt
/* holidayRequests.byIds */ select "request_id", "employee_name", "start_date", "end_date", "status", "manager_note", "requester", "manager", "version", "decided_by", "decided_at"
  from "holidays"."holiday_requests"
  where lakebase_graphql.require_row_security('"holidays"."holiday_requests"'::regclass)
  and "request_id" = any($1::bigint[]);
