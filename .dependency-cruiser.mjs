// The room map (ARCHITECTURE, "Rooms"): who may import whom, and no cycles.
const first4 = ['util', 'crypto', 'protocol', 'config']
const floor1 = [...first4, 'vm', 'consensus', 'post', 'poet']
const floor2 = ['activation', 'mesh', 'network', 'sync', 'storage', 'wallet', 'services']

/** room → rooms it may import besides itself. */
const rooms = {
  util: [],
  crypto: ['util'],
  protocol: ['util', 'crypto'],
  config: ['util', 'crypto', 'protocol'],
  vm: first4,
  consensus: first4,
  post: first4,
  poet: first4,
  activation: floor1,
  mesh: floor1,
  network: first4,
  sync: [...floor1, 'network', 'activation', 'mesh'],
  storage: ['util', 'protocol'],
  wallet: [...first4, 'vm'],
  services: floor1,
  platform: ['util'],
  runtime: [...floor1, ...floor2],
  workers: ['runtime', 'post', 'poet', 'storage', 'platform', 'util'],
  cli: ['runtime', 'services', 'storage', 'platform', 'util'],
  ui: ['util', 'protocol', 'wallet'],
}

/** Type-only imports that a room may add: they vanish at build time and couple nothing at run time. */
const typesOnly = { runtime: ['platform'], ui: ['workers', 'runtime'] }

const forbidden = Object.entries(rooms).flatMap(([room, may]) => {
  const allowed = [room, ...may]
  const withTypes = [...allowed, ...(typesOnly[room] ?? [])]
  const rule = (name, to, extra) => ({
    name: `${room}-${name}`,
    comment: `src/${room} may import only ${to.join(', ')} and npm packages.`,
    severity: 'error',
    from: { path: `^src/${room}/` },
    to: { path: '^src/', pathNot: `^src/(${to.join('|')})/`, ...extra },
  })
  return [
    rule('imports', withTypes, {}),
    ...(typesOnly[room] ? [rule('values', allowed, { dependencyTypesNot: ['type-only'] })] : []),
  ]
})

export default {
  forbidden: [
    ...forbidden,
    {
      name: 'known-room',
      comment: 'Every file of src lies in a room of the map, but for the page itself, main.ts.',
      severity: 'error',
      from: { path: '^src/', pathNot: `^src/((${Object.keys(rooms).join('|')})/|main[.]ts$)` },
      to: {},
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'workers-platform',
      comment: 'Workers run in the browser: they take the browser platform only.',
      severity: 'error',
      from: { path: '^src/workers/' },
      to: { path: '^src/platform/(node|memory)/' },
    },
    {
      name: 'no-node-in-rules',
      comment: 'Only hosts touch Node: platform/node, cli, and the Node back ends of storage.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(platform/node|cli|storage/node)/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'not-to-tests',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|scripts)/' },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: { path: '^src/' },
      to: { couldNotResolve: true, pathNot: '(\\?raw|\\?worker|\\?url|^virtual:)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.svelte.ts', '.svelte', '.js', '.mjs'],
      exportsFields: ['exports'],
      conditionNames: ['svelte', 'browser', 'import', 'default', 'types'],
    },
  },
}
