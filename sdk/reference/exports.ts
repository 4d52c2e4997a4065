import { join } from 'node:path'
import ts from 'typescript'

/** The ways into the SDK, by the names that they are imported by. */
const DOORS = { 'lakebase-graphql-sdk': 'src/index.ts', 'lakebase-graphql-sdk/proxy': 'src/proxy/index.ts' }

/** What the SDK exports beside the types of results and variables, with its doc comments, in Markdown. @param folder the SDK's */
export function describeExports(folder: string): string {
  const files = Object.values(DOORS).map((file) => join(folder, file))
  const { config } = ts.readConfigFile(join(folder, 'tsconfig.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, folder)
  const program = ts.createProgram(files, options)
  return Object.entries(DOORS)
    .map(([name, file]) => describeModule(name, join(folder, file), program))
    .join('\n')
}

function describeModule(name: string, file: string, program: ts.Program): string {
  const checker = program.getTypeChecker()
  const source = program.getSourceFile(file)
  const symbol = source && checker.getSymbolAtLocation(source)
  const exported = (symbol ? checker.getExportsOfModule(symbol) : [])
    .map((each) => (each.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(each) : each))
    .filter((each) => !each.declarations?.some((node) => node.getSourceFile().fileName.includes('/generated/')))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  return [`## \`${name}\`\n`, ...exported.map((each) => describe(each, checker))].join('\n')
}

function describe(symbol: ts.Symbol, checker: ts.TypeChecker): string {
  const [declaration] = symbol.declarations ?? []
  const signatures = declaration ? checker.getTypeOfSymbolAtLocation(symbol, declaration).getCallSignatures() : []
  const [signature] = symbol.flags & ts.SymbolFlags.Function ? signatures : []
  const title = signature ? `${symbol.name}${checker.signatureToString(signature)}` : symbol.name
  const members =
    symbol.flags & (ts.SymbolFlags.Interface | ts.SymbolFlags.Class) ? describeMembers(symbol, checker) : ''
  return `### \`${title}\`\n\n${docOf(symbol, checker)}\n${members}`
}

function describeMembers(symbol: ts.Symbol, checker: ts.TypeChecker): string {
  const rows = [...(symbol.members?.values() ?? [])].flatMap((member) => {
    const { valueDeclaration: node } = member
    if (!node || (!ts.isPropertySignature(node) && !ts.isPropertyDeclaration(node) && !ts.isMethodSignature(node)))
      return []
    if (ts.isPrivateIdentifier(node.name)) return []
    const type = (ts.isMethodSignature(node) ? node.getText() : (node.type?.getText() ?? ''))
      .replaceAll('|', '\\|')
      .replaceAll(/\s+/g, ' ')
    return [`| \`${member.name}${node.questionToken ? '?' : ''}\` | \`${type}\` | ${docOf(member, checker)} |`]
  })
  return rows.length === 0 ? '' : `\n| | type | |\n|---|---|---|\n${rows.join('\n')}\n`
}

function docOf(symbol: ts.Symbol, checker: ts.TypeChecker): string {
  const text = ts.displayPartsToString(symbol.getDocumentationComment(checker))
  const tags = symbol.getJsDocTags(checker).map(({ name, text: parts }) => {
    const said = ts.displayPartsToString(parts)
    return name === 'throws' ? ` Throws ${said}.` : name === 'param' ? ` (${said})` : ` ${name}: ${said}.`
  })
  return `${text}${tags.join('')}`.replaceAll(/\s+/g, ' ').replaceAll('..', '.')
}
