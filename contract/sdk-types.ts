import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

/** The ways into the SDK, and what each gives that isn't a type: an app calls these. */
const DOORS: Readonly<Record<string, readonly string[]>> = {
  'src/index': ['createClient', 'servicePrincipal', 'LakebaseError'],
  'src/proxy/index': ['createProxy'],
}
const OPTIONS: ts.CompilerOptions = {
  ...{ strict: true, noEmit: true, skipLibCheck: true, allowImportingTsExtensions: true, types: ['node'] },
  ...{ exactOptionalPropertyTypes: true, target: ts.ScriptTarget.ES2023, lib: ['lib.es2024.d.ts'] },
  ...{ module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext },
}

/** Writes declarations of the SDK's public types. @throws Error if they don't compile */
export function emitTypes(root: string, outDir: string): void {
  const config = ts.getParsedCommandLineOfConfigFile(
    join(root, 'sdk/tsconfig.build.json'),
    {},
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
        throw new Error(sentenceOf(diagnostic))
      },
    },
  )
  const entries = Object.keys(DOORS).map((door) => join(root, 'sdk', `${door}.ts`))
  const options = { ...config?.options, outDir, emitDeclarationOnly: true }
  const { diagnostics } = ts.createProgram(entries, options).emit()
  const [first] = diagnostics
  if (first) throw new Error(sentenceOf(first))
}

/**
 * What no longer compiles in an app that was written for the types of `before`: each in the compiler's words. What takes a value must still
 * take what it took, and what gives one must give no less.
 * @param before @param now folders of declarations, as `emitTypes` writes them
 */
export function typesBrokenBy(before: string, now: string, root: string): readonly string[] {
  // Within the project, so that what declarations name of Node's types is found.
  const folder = mkdtempSync(join(root, 'node_modules', '.sdk-types-'))
  try {
    const file = join(folder, 'check.ts')
    writeFileSync(
      file,
      Object.entries(DOORS)
        .map(([door, values]) => checkOf(door, values, { before, now }))
        .join('\n'),
    )
    const program = ts.createProgram([file], OPTIONS)
    const names = Object.keys(DOORS).flatMap((door) => missingNames(program, before, now, door))
    return [...names, ...ts.getPreEmitDiagnostics(program).map(sentenceOf)]
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function checkOf(door: string, values: readonly string[], folders: { before: string; now: string }): string {
  const id = door.replaceAll('/', '_')
  const [before, now] = [`before_${id}`, `now_${id}`]
  const lines = values.map((value) => `export const ${id}_${value}: typeof ${before}.${value} = ${now}.${value}`)
  return [
    `import * as ${before} from '${join(folders.before, door)}.ts'`,
    `import * as ${now} from '${join(folders.now, door)}.ts'`,
    ...lines,
  ].join('\n')
}

/** Types that an app may have named. */
function missingNames(program: ts.Program, before: string, now: string, door: string): readonly string[] {
  const namesIn = (folder: string): ReadonlySet<string> => {
    const file = program.getSourceFile(join(folder, `${door}.d.ts`))
    const symbol = file && program.getTypeChecker().getSymbolAtLocation(file)
    const names = symbol ? program.getTypeChecker().getExportsOfModule(symbol) : []
    return new Set(names.map(({ name }) => name))
  }
  const left = namesIn(now)
  return [...namesIn(before)].filter((name) => !left.has(name)).map((name) => `${name} is no longer exported.`)
}

function sentenceOf({ messageText }: ts.Diagnostic): string {
  return ts.flattenDiagnosticMessageText(messageText, '\n    ')
}
