import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gunzipSync } from 'node:zlib'

import { topicNames } from './topics.ts'
import { Skip, type FileCheck, type Json, type RecordCheck, type Topic } from './types.ts'

export interface Counts {
  passed: number
  failed: number
  skipped: number
}

export interface Failure {
  readonly index: number
  /** Name, type, case or operation of the record. */
  readonly label: string
  readonly message: string
}

export interface FileReport extends Counts {
  readonly file: string
  readonly failures: Failure[]
  /** Reasons for skipped records, each with its count. */
  readonly reasons: Map<string, number>
}

const VECTOR_FILE = /\.(json|jsonl|jsonl\.gz)$/

/** Vector files below `directory`, one folder a topic, in a stable order. */
export function vectorFiles(directory: string): string[] {
  const files: string[] = []
  const walk = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) walk(path)
      else if (VECTOR_FILE.test(entry.name) && folder !== directory) files.push(path)
    }
  }
  walk(directory)
  return files.map((path) => relative(directory, path).split(sep).join('/')).sort()
}

const topics = new Map<string, Promise<Topic | undefined>>()

/** The module of a topic folder; undefined where there is none. */
function loadTopic(name: string): Promise<Topic | undefined> {
  let loading = topics.get(name)
  if (!loading) {
    loading = importTopic(name)
    topics.set(name, loading)
  }
  return loading
}

async function importTopic(name: string): Promise<Topic | undefined> {
  if (!topicNames.includes(name)) return undefined
  const path = join(import.meta.dirname, 'topics', `${name}.ts`)
  if (!existsSync(path)) return undefined
  const module = (await import(/* @vite-ignore */ pathToFileURL(path).href)) as { topic: Topic }
  return module.topic
}

/** Checks one file of the tree and never throws: what cannot be read is a failure. */
export async function checkFile(directory: string, file: string): Promise<FileReport> {
  const report: FileReport = {
    ...{ file, passed: 0, failed: 0, skipped: 0 },
    ...{ failures: [], reasons: new Map<string, number>() },
  }
  const [folder = '', ...rest] = file.split('/')
  try {
    const topic = await loadTopic(folder)
    const check = topic?.files[rest.join('/')]
    const reason = topic ? 'not checked by this topic' : 'no such topic'
    await checkRecords(report, join(directory, file), check ?? { kind: 'skipped', reason })
  } catch (error) {
    fail(report, 0, 'file', error)
  }
  return report
}

async function checkRecords(report: FileReport, path: string, check: FileCheck): Promise<void> {
  if (statSync(path).size === 0) throw new Error('empty file')
  const bytes = readFileSync(path)
  const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
  const documents = path.endsWith('.json')
    ? [text]
    : text.split('\n').filter((line) => line.trim() !== '')
  let index = 0
  for (const source of documents) {
    let document: Json
    try {
      document = JSON.parse(source)
    } catch (error) {
      fail(report, index++, 'not JSON', error)
      continue
    }
    const each = typeof check === 'object' && check.kind === 'each'
    const records = each ? check.records(document) : [document]
    if (!Array.isArray(records)) throw new Error('the document lacks its list of records')
    for (const record of records) {
      if (typeof check === 'object' && check.kind === 'skipped') skipRecord(report, check.reason)
      else await checkRecord(report, record, index, each ? check.check : (check as RecordCheck))
      index++
    }
  }
  if (index === 0) throw new Error('no record in this file')
}

async function checkRecord(
  report: FileReport,
  record: Json,
  index: number,
  check: RecordCheck,
): Promise<void> {
  try {
    await check(record, { file: report.file, index })
    report.passed++
  } catch (error) {
    if (error instanceof Skip) skipRecord(report, error.reason)
    else fail(report, index, labelOf(record), error)
  }
}

function labelOf(record: Json): string {
  const fields = [record?.name, record?.type, record?.op, record?.case, record?.group]
  return fields.filter((field) => typeof field === 'string').join(' ') || 'record'
}

function skipRecord(report: FileReport, reason: string): void {
  report.skipped++
  report.reasons.set(reason, (report.reasons.get(reason) ?? 0) + 1)
}

function fail(report: FileReport, index: number, label: string, error: unknown): void {
  report.failed++
  const message = error instanceof Error ? error.message : String(error)
  report.failures.push({ index, label, message })
}
