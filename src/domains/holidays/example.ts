/** The first thing that somebody sees of holiday requests. */
export const HOLIDAYS_EXAMPLE = `# Your own holiday requests, and those of your reports. Choose another persona at the top: others see others.
query HolidayRequests {
  holidayRequests(first: 10) {
    nodes {
      requestId
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
    }
  }
}
`
