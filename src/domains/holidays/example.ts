const dayAhead = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)

/** The first things that somebody does with holiday requests: look, ask as an employee, decide as a manager. */
export const HOLIDAYS_EXAMPLES = [
  `# Your own holiday requests and those of your reports, and what else there is on the same days.
# Choose another persona at the top: others see others.
query HolidayRequests {
  holidayRequests(first: 10) {
    nodes {
      requestId
      version
      employeeName
      startDate
      endDate
      status
      employee {
        email
        manager {
          name
        }
      }
      overlaps {
        requestId
        employeeName
      }
    }
  }
}
`,
  `# Ask for days off. Choose bob@example.com at the top: whom you report to, and all else, is set for you.
# A header Idempotency-Key (a text of your own, such as a UUID) lets you send it again: it is done once.
mutation AskForHolidays {
  createHolidayRequest(input: { startDate: "${dayAhead(90)}", endDate: "${dayAhead(94)}" }) {
    __typename
    ... on HolidayRequest {
      requestId
      version
      status
      manager {
        name
      }
    }
    ... on MutationError {
      code
      message
    }
    ... on OverlapError {
      other {
        requestId
        startDate
        endDate
      }
    }
  }
}
`,
  `# Decide about a request of a report of yours. Choose alice@example.com at the top; 2 is Suzy's, as the first tab shows.
# To reject it: rejectHolidayRequest, with the same arguments.
mutation Decide {
  approveHolidayRequest(input: { id: "2", version: 1, note: "Enjoy!" }) {
    __typename
    ... on HolidayRequest {
      requestId
      version
      status
      managerNote
      decidedAt
    }
    ... on MutationError {
      code
      message
    }
    ... on AlreadyDecidedError {
      request {
        status
        version
        decidedBy
      }
    }
  }
}
`,
]
