import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import {
  cruise,
  type ICruiseOptions,
  type ICruiseResult,
  type IRegularForbiddenRuleType,
} from 'dependency-cruiser'
import { afterEach, describe, expect, it } from 'vitest'

import config from '../../.dependency-cruiser.mjs'

let tree: string | undefined
afterEach(() => {
  if (tree) rmSync(tree, { recursive: true })
  tree = undefined
})

/** Names of the rules that a tree of these files breaks. */
async function broken(files: Record<string, string>): Promise<string[]> {
  tree = mkdtempSync(join(tmpdir(), 'rooms-'))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(tree, path)), { recursive: true })
    writeFileSync(join(tree, path), text)
  }
  const options: ICruiseOptions = {
    baseDir: tree,
    validate: true,
    ruleSet: { forbidden: config.forbidden as IRegularForbiddenRuleType[] },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: ['.ts', '.mjs'] },
  }
  const { output } = await cruise(['src'], options)
  return (output as ICruiseResult).summary.violations.map(({ rule }) => rule.name)
}

const file = 'export const a = 1\n'
const imports = (path: string) => `import { a } from '${path}'\nexport const b = a\n`

describe('the room guard', () => {
  it('accepts imports that the map allows', async () => {
    const rules = await broken({
      'src/util/a.ts': file,
      'src/crypto/a.ts': imports('../util/a.ts'),
      'src/main.ts': imports('./crypto/a.ts'),
    })
    expect(rules).toEqual([])
  })

  it.each([
    ['vm', 'storage', 'vm-imports'],
    ['util', 'protocol', 'util-imports'],
    ['storage', 'mesh', 'storage-imports'],
    ['post', 'activation', 'post-imports'],
    ['ui', 'storage', 'ui-imports'],
    ['workers', 'ui', 'workers-imports'],
    ['consensus', 'vm', 'consensus-imports'],
  ])('refuses %s → %s', async (from, to, rule) => {
    const rules = await broken({
      [`src/${to}/a.ts`]: file,
      [`src/${from}/b.ts`]: imports(`../${to}/a.ts`),
    })
    expect(rules).toContain(rule)
  })

  it('lets ui see the types of runtime and refuses its values', async () => {
    const type = "import type { A } from '../runtime/a.ts'\nexport type B = A\n"
    const typed = { 'src/runtime/a.ts': 'export type A = 1\n', 'src/ui/b.ts': type }
    expect(await broken(typed)).toEqual([])
    rmSync(tree!, { recursive: true })
    const valued = { 'src/runtime/a.ts': file, 'src/ui/b.ts': imports('../runtime/a.ts') }
    expect(await broken(valued)).toContain('ui-values')
  })

  it('refuses cycles, unknown rooms and Node below the hosts', async () => {
    const rules = await broken({
      'src/util/a.ts': "import './b.ts'\nimport 'node:fs'\n",
      'src/util/b.ts': "import './a.ts'\n",
      'src/cellar/a.ts': "import '../util/a.ts'\n",
    })
    expect(rules).toEqual(expect.arrayContaining(['no-cycles', 'known-room', 'no-node-in-rules']))
  })
})
