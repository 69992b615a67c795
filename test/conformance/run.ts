import { statSync } from 'node:fs'
import { parseArgs } from 'node:util'

import { checkFile, vectorFiles, type Counts, type FileReport } from './runner.ts'

const USAGE = `Usage: npm run conformance -- DIR [NAME ...]

Checks the vector files below DIR, which has one folder for each topic (types, vm, post, ...).
With NAMEs, only files whose path begins with one of them: 'types', 'types/wire'.

One line a file, the failing records below it, the sum at the end.
Exit status: 0 nothing failed, 1 something failed, 2 bad usage.`

const counts = ({ passed, failed, skipped }: Counts): string =>
  `${passed} passed, ${failed} failed, ${skipped} skipped`

function print(report: FileReport): void {
  console.log(`${report.file}  ${counts(report)}`)
  for (const { index, label, message } of report.failures) {
    console.log(`  FAIL ${report.file} #${index} ${label}: ${message}`)
  }
  for (const [reason, count] of report.reasons) console.log(`  skip ${count}: ${reason}`)
}

function badUsage(problem: string): never {
  console.error(`${problem}\n\n${USAGE}`)
  process.exit(2)
}

function readArguments(): { directory: string; names: string[] } {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { help: { type: 'boolean', short: 'h' } },
    })
    if (values.help) {
      console.log(USAGE)
      process.exit(0)
    }
    const [directory, ...names] = positionals
    if (directory === undefined) return badUsage('Which directory?')
    if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) {
      return badUsage(`Not a directory: ${directory}`)
    }
    return { directory, names }
  } catch (error) {
    return badUsage(error instanceof Error ? error.message : String(error))
  }
}

const { directory, names } = readArguments()
const files = vectorFiles(directory).filter(
  (file) => names.length === 0 || names.some((name) => file.startsWith(name)),
)
if (files.length === 0)
  badUsage(`No vector file in ${directory}${names.map((n) => ` ${n}`).join()}`)

const total: Counts = { passed: 0, failed: 0, skipped: 0 }
for (const file of files) {
  const report = await checkFile(directory, file)
  print(report)
  total.passed += report.passed
  total.failed += report.failed
  total.skipped += report.skipped
}
console.log(counts(total))
process.exitCode = total.failed > 0 ? 1 : 0
