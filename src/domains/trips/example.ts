/** The first thing that somebody sees of trips. */
export const TRIPS_EXAMPLE = `# The newest taxi trips, and what the trips of the same zip code cost by the hour.
query NewestTrips {
  trips(first: 5) {
    nodes {
      pickupAt
      pickupZip
      dropoffZip
      distance
      fare
      durationSeconds
    }
    pageInfo {
      endCursor
      hasNextPage
    }
  }
  tripStats(filter: { pickupZip: "10001" }) {
    count
    averageFare
    byHour {
      hour
      averageFare
    }
  }
}
`
