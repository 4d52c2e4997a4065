import { Pool } from 'pg'
import { serve } from './serve.ts'

/**
 * The floor of reads for viewers: `node:http` and one pool of a role that row-level security doesn't bind. Who asks is what
 * the e-mail header says, and the handler's own condition is all that keeps people apart.
 */
const pool = new Pool({ max: Number(process.env['DB_MAX_CONNECTIONS']) })
pool.on('error', (error) => process.stderr.write(`${error.message}\n`))

const QUERY = {
  name: 'own',
  text: `select request_id::text as "requestId", employee_name as "employeeName", start_date::text as "startDate",
           end_date::text as "endDate", upper(status) as status from holidays.holiday_requests
          where requester = $1 order by start_date desc, request_id desc limit 20`,
}

serve((request, response) => {
  request.resume().on('end', () => {
    pool.query({ ...QUERY, values: [request.headers['x-forwarded-email']] }).then(
      ({ rows }) => {
        const body = JSON.stringify({ data: { holidayRequests: { nodes: rows } } })
        response
          .writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) })
          .end(body)
      },
      (error: unknown) => response.writeHead(500).end(String(error)),
    )
  })
})
