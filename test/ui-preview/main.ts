// The screens over a simulated node, for design work: `?scene=earning&role=follower`.
import { mountApp } from '../../src/ui/app.ts'
import { FakeNode, type Scene } from '../unit/ui/fake-node.ts'

const query = new URLSearchParams(location.search)
const node = new FakeNode((query.get('scene') as Scene | null) ?? 'fresh').start()
const problems = query.get('problems')
history.replaceState({}, '', query.get('path') ?? '/')
mountApp(document.getElementById('app')!, node, { updates: false })
if (problems) {
  node.stop()
  node.setProblems(...problems.split(','))
}
Object.assign(window, { node })
