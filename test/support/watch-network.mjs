// Preloaded into a process: says at its end to whom it has opened connections.
import { Socket } from 'node:net'

const called = new Set()
const { connect } = Socket.prototype
Socket.prototype.connect = function (...args) {
  // A name has attempts, one for each of its addresses; an address has none.
  this.on('connectionAttempt', (ip, port) => called.add(`${ip}:${port}`))
  this.on('connect', () => called.add(`${this.remoteAddress}:${this.remotePort}`))
  return connect.apply(this, args)
}
process.on('exit', () => process.stderr.write(`called: ${[...called].join(' ')}\n`))
