import type { Client } from 'pg'

/** Who reports to whom: the personas, and the guide's three employees. */
const EMPLOYEES = `
  ('alice@example.com', 'Alice', null), ('dave@example.com', 'Dave', null), ('bob@example.com', 'Bob', 'alice@example.com'),
  ('carol@example.com', 'Carol', 'dave@example.com'), ('erin@example.com', 'Erin', 'dave@example.com'),
  ('joe@example.com', 'Joe', 'alice@example.com'), ('suzy@example.com', 'Suzy', 'alice@example.com'),
  ('charlie@example.com', 'Charlie', 'dave@example.com')`

/** The guide's three requests first. */
const REQUESTS = `
  ('Joe', '2025-08-01', '2025-08-20', 'Pending', ''), ('Suzy', '2025-07-22', '2025-07-25', 'Pending', ''),
  ('Charlie', '2025-08-01', '2025-08-05', 'Pending', ''), ('Bob', '2026-12-21', '2026-12-31', 'Pending', null),
  ('Carol', '2026-12-28', '2027-01-02', 'Pending', null), ('Bob', '2026-05-04', '2026-05-08', 'Approved', 'Enjoy!')`

/** What operators and employees have put into the app's own tables, if nobody has yet. Run by the superuser. */
export async function fillHolidays(superuser: Client): Promise<void> {
  const there = await superuser.query('select from holidays.employees limit 1')
  if (there.rowCount !== 0) return
  await superuser.query('begin')
  await superuser.query(`insert into holidays.employees (email, name, manager) values ${EMPLOYEES}`)
  await superuser.query(
    `insert into holidays.holiday_requests (employee_name, start_date, end_date, status, manager_note, requester, manager, decided_by, decided_at)
     select asked.name, first::date, last::date, status, note, email, manager,
            case when status = 'Approved' then manager end, case when status = 'Approved' then first::date - interval '30 days' end
       from (values ${REQUESTS}) as asked (name, first, last, status, note) join holidays.employees using (name)
      order by array_position(array['Joe', 'Suzy', 'Charlie', 'Bob', 'Carol'], asked.name), first desc`,
  )
  await superuser.query('commit')
}
