-- first page: id, employeeName, startDate, endDate, status, managerNote, requester, manager, version, decidedBy, decidedAt
/* holidayRequests.page */ select "request_id", "employee_name", "start_date", "end_date", "status", "manager_note", "requester", "manager", "version", "decided_by", "decided_at"
  from "holidays"."holiday_requests"
  where lakebase_graphql.require_row_security('"holidays"."holiday_requests"'::regclass)
  order by "start_date" desc, "request_id" desc
  limit $1::bigint;

-- last page: id, employeeName, startDate, endDate, status, managerNote, requester, manager, version, decidedBy, decidedAt
/* holidayRequests.page */ select "request_id", "employee_name", "start_date", "end_date", "status", "manager_note", "requester", "manager", "version", "decided_by", "decided_at"
  from "holidays"."holiday_requests"
  where lakebase_graphql.require_row_security('"holidays"."holiday_requests"'::regclass)
  order by "start_date" asc, "request_id" asc
  limit $1::bigint;

-- descending, after a row: id, employeeName, startDate, endDate, status, managerNote, requester, manager, version, decidedBy, decidedAt
/* holidayRequests.page */ select "request_id", "employee_name", "start_date", "end_date", "status", "manager_note", "requester", "manager", "version", "decided_by", "decided_at"
  from "holidays"."holiday_requests"
  where lakebase_graphql.require_row_security('"holidays"."holiday_requests"'::regclass)
  and ("start_date", "request_id") < ($1::date, $2::bigint)
  order by "start_date" desc, "request_id" desc
  limit $3::bigint;

-- ascending, after a row without a value: id, employeeName, startDate, endDate, status, managerNote, requester, manager, version, decidedBy, decidedAt
/* holidayRequests.page */ select "request_id", "employee_name", "start_date", "end_date", "status", "manager_note", "requester", "manager", "version", "decided_by", "decided_at"
  from "holidays"."holiday_requests"
  where lakebase_graphql.require_row_security('"holidays"."holiday_requests"'::regclass)
  and "decided_at" is null
  and "request_id" > $1::bigint
  order by "decided_at" asc, "request_id" asc
  limit $2::bigint;

-- with every filter: id, employeeName, startDate, endDate, status, managerNote, requester, manager, version, decidedBy, decidedAt
/* holidayRequests.page */ select "request_id", "employee_name", "start_date", "end_date", "status", "manager_note", "requester", "manager", "version", "decided_by", "decided_at"
  from "holidays"."holiday_requests"
  where lakebase_graphql.require_row_security('"holidays"."holiday_requests"'::regclass)
  and "status" = any($1::text[])
  and "requester" = $2::text
  and "start_date" < $3::date
  and "end_date" >= $4::date
  order by "start_date" desc, "request_id" desc
  limit $5::bigint;

-- of one status: id, employeeName, startDate, endDate, status, managerNote, requester, manager, version, decidedBy, decidedAt
/* holidayRequests.page */ select "request_id", "employee_name", "start_date", "end_date", "status", "manager_note", "requester", "manager", "version", "decided_by", "decided_at"
  from "holidays"."holiday_requests"
  where lakebase_graphql.require_row_security('"holidays"."holiday_requests"'::regclass)
  and "status" = $1::text
  order by "start_date" desc, "request_id" desc
  limit $2::bigint;
