import { equalBytes } from '../util/bytes.ts'
import { U32_MAX, U64_MAX } from '../util/u64.ts'
import { createPoetSchedule } from './derived.ts'
import type { NetworkConfig } from './schema.ts'

/** One thing that keeps a node from starting: where it stands and what to do. */
export interface ConfigProblem {
  path: string
  problem: string
}

/** Sequential work that even a slow host does: leaves in one second. */
const SLOW_LEAVES_PER_SECOND = 1000n
/** A PoET proof opens this many leaves; a shorter round has no valid proof. Spec 04 §6.5. */
const MIN_LEAVES = 150n

type Rule = (config: NetworkConfig) => ConfigProblem | undefined

const rule = (
  path: string,
  broken: (config: NetworkConfig) => boolean,
  problem: string | ((config: NetworkConfig) => string),
): Rule => {
  return (config) =>
    broken(config)
      ? { path, problem: typeof problem === 'string' ? problem : problem(config) }
      : undefined
}

const epochMs = ({ layers }: NetworkConfig) => layers.durationMs * layers.layersPerEpoch

const sortedStrictly = (entries: readonly { epoch: number }[]) =>
  entries.every((entry, i) => i === 0 || entries[i - 1]!.epoch < entry.epoch)

const RULES: readonly Rule[] = [
  rule(
    'layers.layersPerEpoch',
    ({ layers }) => 3 * layers.layersPerEpoch > U32_MAX,
    'is so large that the third epoch leaves 32 bits; make it smaller',
  ),
  rule('genesis.timeMs', ({ genesis }) => genesis.timeMs % 1000 !== 0, 'must be whole seconds'),
  rule(
    'genesis.accounts',
    ({ genesis }) => genesis.accounts.reduce((sum, { balance }) => sum + balance, 0n) > U64_MAX,
    'hold more than 2^64 − 1 smidge together; lower the balances',
  ),
  rule(
    'genesis.accounts',
    ({ genesis: { accounts } }) =>
      accounts.some(({ address }, i) =>
        accounts.slice(0, i).some((other) => equalBytes(other.address, address)),
      ),
    'name one address twice; keep one entry for each',
  ),
  rule(
    'post.maxNumUnits',
    ({ post }) => post.maxNumUnits < post.minNumUnits,
    ({ post }) => `is below minNumUnits; raise it to ${post.minNumUnits} or more`,
  ),
  rule(
    'post.defaultNumUnits',
    ({ post }) =>
      post.defaultNumUnits < post.minNumUnits || post.defaultNumUnits > post.maxNumUnits,
    ({ post }) =>
      `must lie between minNumUnits ${post.minNumUnits} and maxNumUnits ${post.maxNumUnits}`,
  ),
  rule(
    'post.labelsPerUnit',
    ({ post }) => post.labelsPerUnit * BigInt(post.minNumUnits) * BigInt(post.k1) > U64_MAX,
    'times minNumUnits times k1 leaves 64 bits; make it smaller',
  ),
  rule(
    'post.scryptN',
    ({ post }) => (post.scryptN & (post.scryptN - 1)) !== 0,
    'must be a power of two such as 8192',
  ),
  rule(
    'post.k3',
    ({ post }) => post.k3 > post.k2,
    ({ post }) => `must not be above k2, which is ${post.k2}`,
  ),
  rule(
    'post.provingNonces',
    ({ post }) => post.provingNonces % 16 !== 0,
    'must be a multiple of 16: nonces are tried in groups of 16',
  ),
  rule(
    'poet.phaseShiftMs',
    (config) => config.poet.phaseShiftMs >= epochMs(config),
    (config) => `must be shorter than an epoch, which is ${epochMs(config)} ms`,
  ),
  rule(
    'poet.cycleGapMs',
    (config) => config.poet.cycleGapMs >= epochMs(config),
    (config) => `must be shorter than an epoch, which is ${epochMs(config)} ms`,
  ),
  rule(
    'poet.cycleGapMs',
    ({ poet }) => poet.cycleGapMs > poet.phaseShiftMs,
    ({ poet }) =>
      `must not be longer than phaseShiftMs, which is ${poet.phaseShiftMs}: a round would end before its publish epoch begins`,
  ),
  rule(
    'poet.gracePeriodMs',
    (config) => config.poet.gracePeriodMs > epochMs(config),
    'must not be longer than an epoch',
  ),
  rule(
    'poet.positioningTimeoutMs',
    ({ poet }) => poet.positioningTimeoutMs > poet.gracePeriodMs,
    ({ poet }) => `must end within gracePeriodMs, which is ${poet.gracePeriodMs}`,
  ),
  rule(
    'poet.tickSize',
    (config) => {
      const leaves = config.poet.tickSize > MIN_LEAVES ? config.poet.tickSize : MIN_LEAVES
      const workingMs = BigInt(Math.max(0, createPoetSchedule(config).workingMs))
      return leaves * 1000n > workingMs * SLOW_LEAVES_PER_SECOND
    },
    (config) =>
      `a round works for ${createPoetSchedule(config).workingMs} ms, too short for one tick and the ${MIN_LEAVES} leaves of a proof; make epochs longer or ticks smaller`,
  ),
  rule(
    'activation.gradeDelayMs',
    (config) => 4 * config.activation.gradeDelayMs >= epochMs(config),
    (config) =>
      `no ATX can be good: four times it must be shorter than an epoch, which is ${epochMs(config)} ms`,
  ),
  rule(
    'activation.versions',
    ({ activation: { versions } }) =>
      !sortedStrictly(versions) ||
      versions.some((entry, i) => i > 0 && entry.version < versions[i - 1]!.version),
    'must be in ascending order of epochs, and versions must not go down',
  ),
  rule(
    'eligibility.minimalWeights',
    ({ eligibility }) => !sortedStrictly(eligibility.minimalWeights),
    'must be in ascending order of epochs, each epoch once',
  ),
  rule(
    'eligibility.confidenceLayers',
    ({ eligibility, layers }) => eligibility.confidenceLayers >= layers.layersPerEpoch,
    ({ layers }) => `must be below layersPerEpoch, which is ${layers.layersPerEpoch}`,
  ),
  rule(
    'beacon.q',
    ({ beacon: { q } }) => q[0] >= q[1],
    'must be a fraction below 1, such as [1, 3]',
  ),
  rule(
    'beacon.theta',
    ({ beacon: { theta } }) => theta[0] > theta[1],
    'must be a fraction of at most 1, such as [1, 4]',
  ),
  rule(
    'tortoise.hdist',
    ({ tortoise }) => tortoise.hdist < tortoise.zdist,
    ({ tortoise }) => `must not be below zdist, which is ${tortoise.zdist}`,
  ),
  rule(
    'tortoise.historicalWindows',
    ({ tortoise }) => tortoise.historicalWindows.some((past) => past.endLayer < past.startLayer),
    'have an entry that ends before it starts',
  ),
  ...(['hare3', 'hare4'] as const).flatMap((version) => [
    rule(
      `${version}.disableLayer`,
      ({ [version]: hare }) => hare.enabled && hare.disableLayer <= hare.enableLayer,
      ({ [version]: hare }) => `must be above enableLayer, which is ${hare.enableLayer}`,
    ),
    rule(
      `${version}.roundDurationMs`,
      ({ [version]: hare, tortoise, layers }) =>
        hare.enabled &&
        hare.preroundDelayMs + 7 * hare.iterationLimit * hare.roundDurationMs >
          tortoise.zdist * layers.durationMs,
      ({ tortoise, layers }) =>
        `preroundDelayMs and 7 · iterationLimit rounds must fit into zdist layers, ${tortoise.zdist * layers.durationMs} ms`,
    ),
  ]),
  rule(
    'bootstrap.epochs',
    ({ bootstrap }) => !sortedStrictly(bootstrap.epochs),
    'must be in ascending order, each epoch once',
  ),
  rule(
    'p2p.highPeers',
    ({ p2p }) => p2p.highPeers < p2p.lowPeers,
    ({ p2p }) => `must not be below lowPeers, which is ${p2p.lowPeers}`,
  ),
]

/** Everything that keeps a node from running on `config`, in order; empty when it is sound. */
export const checkConfig = (config: NetworkConfig): ConfigProblem[] =>
  RULES.flatMap((check) => check(config) ?? [])
