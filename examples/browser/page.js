// A page calls its own origin: no address, no token. Whose rows it sees is decided behind that.
import { createClient, LakebaseError } from 'lakebase-graphql-sdk'

const show = (id, text) => {
  document.getElementById(id).textContent = text
}

try {
  const lake = createClient()
  const [{ name }, { nodes }] = await Promise.all([
    lake.viewer(),
    lake.trips({ first: 10, orderBy: { field: 'FARE', direction: 'DESC' } }),
  ])
  show('who', `as ${name} sees them`)
  for (const { pickupZip, dropoffZip, fare } of nodes) {
    const line = document.createElement('li')
    line.textContent = `${pickupZip} → ${dropoffZip}: ${fare}`
    document.getElementById('trips').append(line)
  }
} catch (error) {
  show('who', error instanceof LakebaseError ? `${error.code}: ${error.message}` : String(error))
}
