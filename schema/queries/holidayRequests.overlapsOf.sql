-- on the days of each of these: met, id, employeeName, startDate, endDate, status, managerNote, requester, manager, version, decidedBy, decidedAt
/* holidayRequests.overlapsOf */ select met_id, others.* from unnest($1::bigint[], $2::date[], $3::date[]) as met (met_id, met_first, met_last) cross join lateral ( select "request_id" as c0, "employee_name" as c1, "start_date" as c2, "end_date" as c3, "status" as c4, "manager_note" as c5, "requester" as c6, "manager" as c7, "version" as c8, "decided_by" as c9, "decided_at" as c10
  from "holidays"."holiday_requests"
  where lakebase_graphql.require_row_security('"holidays"."holiday_requests"'::regclass)
  and "status" in ('Pending', 'Approved')
  and "start_date" <= met_last
  and "end_date" >= met_first
  and "request_id" <> met_id
  order by "start_date", "request_id"
  limit $4::bigint) others;
