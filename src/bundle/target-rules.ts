import type { Finding } from './finding.ts'
import { type Bundle, MAIN_FILE, type Mapping, mapping } from './read-bundle.ts'

const MODES = ['development', 'production']

/** What the CLI says of targets on deploying, and its schema doesn't. */
export function checkTargets({ main }: Bundle): Finding[] {
  const targets = Object.entries(mapping(main['targets']))
  const findings = targets.flatMap(([name, target]) => checkTarget(name, mapping(target)))
  const version = mapping(main['bundle'])['databricks_cli_version']
  if (
    version !== undefined &&
    !/^([<>]=?|=|!=|~|\^)? ?\d+\.\d+(\.\d+)?(, ?([<>]=?) ?\d+\.\d+(\.\d+)?)*$/.test(String(version))
  ) {
    const problem = `“${String(version)}” is no range of versions.`
    findings.push({ where: `${MAIN_FILE}: bundle.databricks_cli_version`, problem, mend: "It looks like '>= 1.4.0'." })
  }
  const defaults = targets.flatMap(([name, target]) => (mapping(target)['default'] === true ? [name] : []))
  if (defaults.length > 1) {
    const problem = `${defaults.join(' and ')} are all the default.`
    findings.push({ where: `${MAIN_FILE}: targets`, problem, mend: 'Leave default: true at one of them.' })
  }
  return findings
}

function checkTarget(name: string, { mode, workspace, run_as: runAs }: Mapping): Finding[] {
  const where = `${MAIN_FILE}: targets.${name}`
  if (mode !== undefined && !MODES.includes(String(mode))) {
    return [{ where: `${where}.mode`, problem: `There is no mode ${mode}.`, mend: `It must be ${MODES.join(' or ')}.` }]
  }
  if (mode !== 'production' || runAs !== undefined || mapping(workspace)['root_path'] !== undefined) return []
  const problem = 'In production it must be said where its one copy lies.'
  const mend =
    'Set workspace.root_path, such as /Workspace/Users/${workspace.current_user.userName}/.bundle/${bundle.name}/${bundle.target}.'
  return [{ where, problem, mend }]
}
