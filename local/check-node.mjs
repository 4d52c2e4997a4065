// npm itself may run on Node 20. It installs Node 22.16 for Linux on x64 (optionalDependencies); elsewhere the machine's own must be new enough.
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 16)) {
  process.stderr.write(
    `This needs Node 22.16 or newer, but runs on ${process.version} (${process.platform} ${process.arch}). ` +
      'Install it from nodejs.org, or on Linux x64 run npm ci without --omit=optional.\n',
  )
  process.exit(1)
}
