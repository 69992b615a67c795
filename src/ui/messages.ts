// One entry for every code that a problem, an event or a failed call can carry: what happened, what
// it means for coins and eligibility, what to do. Codes that reach a person only through a bug share
// the fallback, which shows the code itself.
import { bytes, count, duration, exactAmount, shortAddress, shortId } from './format.ts'

export type Context = Readonly<Record<string, string | number | boolean>>

/** Where the one button of a message leads: a path, or something the app does itself. */
export type MessageAction = {
  label: string
  go:
    | '/wallet'
    | '/wallet/receive'
    | '/smeshing'
    | '/settings'
    | '/'
    | 'reload'
    | 'persist'
    | 'resume'
}

export interface Message {
  code: string
  /** A few words, without a full stop. */
  title: string
  /** What happened, what it means, what to do: whole sentences. */
  text: string
  action?: MessageAction
}

type Text = string | ((context: Context) => string)
interface Entry {
  title: Text
  text: Text
  action?: MessageAction
}

const SAFE = 'Your coins are not affected.'
const NOTHING_SENT = 'Nothing was sent.'
const NOTHING_CHANGED = 'Nothing was changed.'

const text = (c: Context, key: string, otherwise = 'unknown'): string => {
  const value = c[key]
  return value === undefined || value === '' ? otherwise : String(value)
}
/** `template` when the context has the key, else nothing. */
const when = (c: Context, key: string, template: (value: string) => string): string =>
  c[key] === undefined || c[key] === '' ? '' : template(String(c[key]))
const smidge = (c: Context, key: string): string => {
  const value = c[key]
  return value !== undefined && /^-?\d+$/.test(String(value))
    ? exactAmount(BigInt(String(value)))
    : 'an unknown amount'
}
const size = (c: Context, key: string): string => bytes(Number(c[key] ?? 0))
const num = (c: Context, key: string): string => {
  const value = Number(c[key])
  return Number.isFinite(value) ? count(value) : text(c, key)
}

const RELOAD: MessageAction = { label: 'Reload', go: 'reload' }
const SETTINGS: MessageAction = { label: 'Open settings', go: '/settings' }
const SMESHING: MessageAction = { label: 'Open smeshing', go: '/smeshing' }
const RECEIVE: MessageAction = { label: 'Receive coins', go: '/wallet/receive' }

/** Failed calls and lasting conditions. */
const CONDITIONS: Record<string, Entry> = {
  // the node and its tabs
  LEADER_CHANGED: {
    title: 'Outcome unknown',
    text: 'The tab that ran the node closed before it answered, so it is not known whether this took effect. Look at the history before you try again; sending the same transfer twice would be two transfers.',
    action: { label: 'See history', go: '/wallet' },
  },
  TOO_MANY_TABS: {
    title: 'Too many tabs',
    text: 'So many tabs show this node that it answers no further ones. Close some of them, then reload this one.',
  },
  WORKER_CRASHED: {
    title: 'The node stopped unexpectedly',
    text: (c) =>
      `Its worker ended on its own${when(c, 'reason', (r) => ` (${r})`)}. Everything it had stored is kept and ${SAFE.toLowerCase()} Reload to start it again.`,
    action: RELOAD,
  },
  WORKER_NOT_OPEN: {
    title: 'The node is not ready yet',
    text: `It is still opening. ${NOTHING_CHANGED} Try again in a moment.`,
  },
  INTERNAL: {
    title: 'Smesh made a mistake',
    text: (c) =>
      `A state was reached that should be impossible${when(c, 'what', (w) => ` (${w})`)}. Stored data is kept. Reload the page; if it happens again, report it with the details below.`,
    action: RELOAD,
  },
  NODE_NOT_RUNNING: {
    title: 'The node is not running',
    text: `${NOTHING_CHANGED} Start it first, then try again.`,
    action: { label: 'Go home', go: '/' },
  },
  NOT_STARTED: {
    title: 'Nothing is started yet',
    text: `There is no wallet and no node on this device. ${NOTHING_CHANGED} Start from the home screen.`,
    action: { label: 'Go home', go: '/' },
  },
  ALREADY_STARTED: {
    title: 'Already started',
    text: `Smesh was started before, perhaps in another tab. ${NOTHING_CHANGED} This screen catches up by itself.`,
  },
  ALREADY_SMESHING: {
    title: 'Smeshing runs already',
    text: `${NOTHING_CHANGED} This screen catches up by itself.`,
  },
  NOT_SMESHING: {
    title: 'Smeshing is stopped',
    text: `There is nothing to pause or resume. ${NOTHING_CHANGED}`,
    action: SMESHING,
  },
  NETWORK_UNREADABLE: {
    title: 'The stored network cannot be read',
    text: (c) =>
      `Its document is damaged or of another version${when(c, 'reason', (r) => ` (${r})`)}. Nothing was deleted. Update Smesh and reload; to begin again, clear this site’s data in the browser, which deletes the wallet too.`,
    action: RELOAD,
  },
  ABORTED: {
    title: 'Stopped before it was done',
    text: 'What was finished up to that point is kept.',
  },
  BAD_ARGUMENT: {
    title: 'The node did not accept this',
    text: (c) =>
      `${text(c, 'name', 'A value')} should be ${text(c, 'expected', 'different')}. ${NOTHING_CHANGED}`,
  },
  NETWORK_DOCUMENT_INVALID: {
    title: 'The network file is not valid',
    text: (c) =>
      `${when(c, 'path', (path) => `The field “${path}” is wrong. `)}It says: ${text(c, 'problem', 'it cannot be used')}. ${NOTHING_CHANGED}`,
  },

  // storage
  STORAGE_FULL: {
    title: 'Out of disk space',
    text: `The browser refused to store more. Smeshing waits and nothing is corrupt; ${SAFE.toLowerCase()} Free disk space or commit less, then resume.`,
    action: SETTINGS,
  },
  QUOTA_TOO_SMALL: {
    title: 'Not enough space for this size',
    text: (c) =>
      `This size needs ${size(c, 'neededBytes')}, the browser allows ${size(c, 'availableBytes')}. ${NOTHING_CHANGED} Choose a smaller size, or free disk space.`,
    action: SMESHING,
  },
  STORAGE_UNAVAILABLE: {
    title: 'This browser gives Smesh no storage',
    text: (c) =>
      `Storage is switched off here${when(c, 'reason', (r) => ` (${r.replace(/\.$/, '')})`)}, as in some private windows. Smesh cannot keep a wallet without it. Open it in a normal window.`,
    action: RELOAD,
  },
  STORAGE_CLOSED: {
    title: 'Storage was closed',
    text: `Another tab or the browser closed the database. ${SAFE} Reload to open it again.`,
    action: RELOAD,
  },
  STORAGE_VERSION: {
    title: 'Stored data is of another version',
    text: (c) =>
      `It was written by version ${text(c, 'have')}, this is version ${text(c, 'want')}. Nothing was touched. Close the other tabs of Smesh and reload to get the newest version.`,
    action: RELOAD,
  },
  STORAGE_FAILED: {
    title: 'Storage failed',
    text: (c) =>
      `The browser could not read or write its database${when(c, 'reason', (r) => ` (${r})`)}. The last change is either whole or absent, never half. Reload; if it stays, check the disk.`,
    action: RELOAD,
  },
  STORAGE_CORRUPT: {
    title: 'Stored data is damaged',
    text: 'A part of it cannot be read. Coins follow from your words and can be recovered with them. Reload; if it stays, start over in settings.',
    action: SETTINGS,
  },
  STORAGE_NOT_PERSISTED: {
    title: 'The browser may clear this data',
    text: 'It has not promised to keep storage when disk space runs low. If it clears it, wallet and space are gone: write down your words, and ask the browser to keep the data.',
    action: { label: 'Keep my data', go: 'persist' },
  },
  STORAGE_LOW: {
    title: 'Disk space is running low',
    text: 'More than 80 % of what the browser allows is used. When it is full, smeshing waits. Free disk space or commit less.',
    action: SETTINGS,
  },
  NO_FILE_STORAGE: {
    title: 'No file storage in this window',
    text: (c) =>
      `Smeshing keeps its labels in the browser’s private file system, which is missing here${when(c, 'reason', (r) => ` (${r})`)}. Private windows often lack it. The wallet works; to smesh, open Smesh in a normal window of a current browser.`,
  },

  // device
  NO_WEBGPU: {
    title: 'No GPU: using the processor',
    text: (c) =>
      `This browser offers no WebGPU${when(c, 'reason', (r) => ` (${r})`)}. Labels are made on the processor, which is slower. The result is the same, and so are rewards.`,
  },
  NO_GPU: {
    title: 'There is no GPU to use',
    text: (c) =>
      `This browser offers none that computes${when(c, 'reason', (r) => ` (${r})`)}. ${NOTHING_CHANGED} Choose “Automatic” or “Processor”.`,
  },
  GPU_LOST: {
    title: 'The GPU went away',
    text: 'The driver reset or the system took it back. Labels made so far are kept; Smesh tries the GPU once more and, if it is lost again, goes on with the processor.',
    action: RELOAD,
  },
  GPU_FAILED: {
    title: 'The GPU failed',
    text: (c) =>
      `It answered with an error${when(c, 'message', (m) => ` (${m})`)}. Smesh goes on with the processor, more slowly. Coins and labels are not affected.`,
  },
  GPU_TOO_SMALL: {
    title: 'This GPU is too small',
    text: (c) =>
      `Its limit ${text(c, 'limit', 'for buffers')} is ${num(c, 'available')}, ${num(c, 'needed')} is needed. Smesh uses the processor instead, more slowly.`,
  },
  GPU_WRONG: {
    title: 'The GPU computed wrongly',
    text: 'A check against the processor failed, so nothing that the GPU made is used. Smesh goes on with the processor. Eligibility is not affected.',
  },
  CLOCK_JUMP: {
    title: 'The clock jumped',
    text: (c) =>
      `This device’s clock or the tab was away for ${duration(Number(c['jumpMs'] ?? c['offsetMs'] ?? 0))}. The node signs nothing for the layer under way and goes on with the next one.`,
  },
  TAB_SUSPENDED: {
    title: 'The tab was asleep',
    text: (c) =>
      `The browser froze this tab${when(c, 'skippedMs', (ms) => ` for ${duration(Number(ms))}`)}, and the local network stood still with it. It goes on from the same layer; nothing is signed for the layer under way.`,
  },

  // space
  UNITS_OUT_OF_RANGE: {
    title: 'This size is not possible',
    text: (c) =>
      `Choose between ${text(c, 'min', 'the smallest')} and ${text(c, 'max', 'the largest number of')} units. ${NOTHING_CHANGED}`,
  },
  UNIT_SIZE_UNKNOWN: {
    title: 'This size is not on offer',
    text: `Choose one of the sizes shown. ${NOTHING_CHANGED}`,
  },
  INIT_FAILED: {
    title: 'Making labels failed',
    text: `What is on disk is kept and goes on where it stopped. ${SAFE} Resume to try again.`,
    action: { label: 'Resume', go: 'resume' },
  },
  POST_BAD_OPTIONS: {
    title: 'These space settings do not work',
    text: (c) =>
      `${text(c, 'field', 'A setting')} should be ${text(c, 'expected', 'different')}, not ${text(c, 'got', 'this')}. ${NOTHING_CHANGED}`,
  },
  POST_METADATA_MISSING: {
    title: 'The label files lack their description',
    text: `Smesh cannot tell whose labels these are, so it does not use them. ${SAFE} Delete the space in settings and make it again.`,
    action: SETTINGS,
  },
  POST_METADATA_BAD: {
    title: 'The description of the label files is damaged',
    text: `Smesh does not use files that it cannot be sure of. ${SAFE} Delete the space in settings and make it again.`,
    action: SETTINGS,
  },
  POST_DATA_MISMATCH: {
    title: 'The label files belong to something else',
    text: (c) =>
      `Their ${text(c, 'field', 'description')} is ${text(c, 'found')}, ${text(c, 'expected')} was expected. They are not used. ${SAFE} Delete the space and make it again.`,
    action: SETTINGS,
  },
  POST_ALREADY_RUNNING: {
    title: 'Already at work',
    text: `The space is busy with another step. ${NOTHING_CHANGED} Wait until it is done.`,
  },
  POST_LABEL_MISMATCH: {
    title: 'A stored label is wrong',
    text: 'The disk or the GPU changed data. A proof with it would fail, so none is made: no rewards until the space is made again. Coins are not affected.',
    action: SETTINGS,
  },
  POST_DATA_INCOMPLETE: {
    title: 'Part of the space is missing',
    text: `A label file is shorter than it should be. ${SAFE} Resume to make the missing part; no proof is possible before.`,
    action: { label: 'Resume', go: 'resume' },
  },
  POST_NO_PROOF: {
    title: 'No proof found in the space',
    text: `All nonces were tried. This is rare, and usually means damaged labels. This epoch is missed, ${SAFE.toLowerCase()} If it happens again, delete the space and make it anew.`,
  },
  POST_NO_DIFFICULTY: {
    title: 'This space is too small to prove',
    text: (c) =>
      `With ${num(c, 'numLabels')} labels no proof can be found. ${NOTHING_CHANGED} Commit more units.`,
    action: SMESHING,
  },
  POST_VRF_OVERFLOW: {
    title: 'No nonce for this space',
    text: 'The search for the nonce that lotteries need went past its end. Delete the space and make it again.',
    action: SETTINGS,
  },
  RANDOMX_MISSING: {
    title: 'This network asks for more than Smesh can do yet',
    text: 'Its proofs need a RandomX hash. The local network does not. Nothing was signed.',
  },
  INITIAL_POST_INVALID: {
    title: 'The first proof is not valid',
    text: `Smesh checked its own proof and it failed, so nothing was published. It makes another one by itself. ${SAFE}`,
  },
  POST_INCOMPLETE: {
    title: 'The space is not complete yet',
    text: 'A proof needs every label. Smeshing goes on when they are made.',
    action: SMESHING,
  },

  // PoET
  POET_UNAVAILABLE: {
    title: 'The PoET does not answer',
    text: (c) =>
      `${when(c, 'problem', (p) => `It said: ${p}. `)}${when(c, 'step', (s) => `The step was “${s}”. `)}Smesh tries again. If this round is missed, the next one pays an epoch later; ${SAFE.toLowerCase()}`,
  },
  POET_REGISTRATION_REFUSED: {
    title: 'The PoET refused the registration',
    text: (c) =>
      `Its reason: ${text(c, 'message', text(c, 'reason', 'none given'))}. Without it there is no ATX for this epoch. Smesh tries again in the next round.`,
  },
  POET_RUNNING: {
    title: 'The PoET runs already',
    text: `${NOTHING_CHANGED} Reload if this stays.`,
    action: RELOAD,
  },
  POET_UNSTABLE: {
    title: 'The PoET answers unreliably',
    text: `Smesh tries again. If this round is missed, the next one pays an epoch later; ${SAFE.toLowerCase()}`,
  },
  POET_REFUSED: {
    title: 'The PoET refused the registration',
    text: (c) =>
      `Its reason: ${text(c, 'message', text(c, 'problem', text(c, 'reason', 'none given')))}. Without it there is no ATX for this epoch. Smesh tries again in the next round.`,
  },
  POET_REGISTRATION_MISMATCH: {
    title: 'Registered for something else',
    text: 'The registration on record belongs to another challenge, so it is not used. Smesh registers anew; this may cost one epoch of rewards.',
  },
  POET_SNAPSHOT_DAMAGED: {
    title: 'A PoET round was lost',
    text: 'Its saved state is damaged. The round starts over; if it ends too late, this epoch is missed. Coins are not affected.',
  },
  POET_NO_LEAVES: {
    title: 'The PoET did no work in this round',
    text: 'The tab was probably closed for the whole round. This epoch is missed; the next round has begun.',
  },
  POET_NOT_RUNNING: {
    title: 'The PoET is not running',
    text: 'It starts with the node. If this stays, reload.',
    action: RELOAD,
  },
  POET_NOT_A_MEMBER: {
    title: 'Not part of this PoET round',
    text: 'The registration came too late for it. The next round counts; that costs one epoch of rewards.',
  },
  POET_PROOF_INVALID: {
    title: 'The PoET proof is not valid',
    text: 'It was not used. Without a proof there is no ATX for this epoch. Coins are not affected.',
  },

  // ATX and signing
  DEADLINE_PASSED: {
    title: 'Too late for this epoch',
    text: (c) =>
      `The step “${text(c, 'step', 'unknown')}” was not done in time, usually because the tab was closed. This epoch is missed, the next one is already under way. ${SAFE}`,
  },
  CHALLENGE_EXPIRED: {
    title: 'This work is out of date',
    text: (c) =>
      `What was prepared for epoch ${text(c, 'publishEpoch')} can no longer be published. Smesh begins anew for the next epoch. ${SAFE}`,
  },
  OWN_ATX_INVALID: {
    title: 'The own ATX failed its check',
    text: (c) =>
      `Smesh checks its ATX as strangers would and this one failed${when(c, 'reason', (r) => ` (${r})`)}. It was not published. This epoch is missed; ${SAFE.toLowerCase()}`,
  },
  NO_ACTIVE_SET: {
    title: 'No active set in this epoch',
    text: 'No ATX counts in this epoch, so there is nothing to propose. The next epoch is under way.',
  },
  BLOCK_NOT_BUILT: {
    title: 'The block could not be built',
    text: 'The layer stays without a block, and without a reward. The next layer is not affected.',
  },
  LAYER_NOT_IN_ORDER: {
    title: 'A layer came out of order',
    text: 'It was not applied. Reload; if it stays, report it with the details below.',
    action: RELOAD,
  },
  PROPOSAL_ALREADY_BUILT: {
    title: 'A proposal for this layer exists already',
    text: 'A second one would be punished, so none was signed.',
  },
  REFERENCE_BALLOT_BROKEN: {
    title: 'The first ballot of the epoch is missing',
    text: 'Later ones refer to it, so this epoch is missed from here on. Coins are not affected.',
  },
  MESH_OBJECT_MISSING: {
    title: 'Part of the chain is missing',
    text: `Something that should be stored is not. ${SAFE} Reload; if it stays, start over in settings.`,
    action: SETTINGS,
  },
  ATX_REJECTED: {
    title: 'The ATX was not accepted',
    text: (c) =>
      `The network’s rule: ${text(c, 'reason', 'unknown')}. There is no eligibility from it. Smesh tries again next epoch.`,
  },
  JOURNAL_CONFLICT: {
    title: 'Halted to protect your identity',
    text: (c) =>
      `A second, different signature was asked for the same slot (${text(c, 'slot')}). Signing both would be punished, so the node signs nothing more. Coins are safe. Make sure that this identity runs nowhere else, then reload.`,
    action: RELOAD,
  },
  JOURNAL_ORDER: {
    title: 'A signature out of order was refused',
    text: 'The sign journal allows each slot once and only forwards. Nothing was signed. Smesh goes on with the next slot.',
  },
  JOURNAL_FENCED: {
    title: 'Another tab has taken over signing',
    text: 'This one may no longer sign. Nothing was signed twice. Reload to become a screen over the other tab.',
    action: RELOAD,
  },
  JOURNAL_INVALID: {
    title: 'The sign journal is damaged',
    text: 'Without it the node cannot know what it signed, so it signs nothing. Coins are safe. To smesh again, start over in settings: this makes a new identity.',
    action: SETTINGS,
  },
  SIGNER_HALTED: {
    title: 'Signing is halted',
    text: (c) =>
      `The node refuses to sign${when(c, 'reason', (r) => ` (${r})`)}. It earns nothing until this is resolved; ${SAFE.toLowerCase()}`,
  },
  SIGNER_QUARANTINED: {
    title: 'Waiting to be sure',
    text: (c) =>
      `The record of past signatures is missing or old, so nothing is signed before epoch ${text(c, 'untilEpoch')}. Rewards start again after it. ${SAFE}`,
  },
  SIGNER_RETIRED: {
    title: 'This identity was moved elsewhere',
    text: 'Its key was exported and is no longer used here. Smesh with a new identity, or import it again.',
  },
  SIGNER_NO_LOCK: {
    title: 'Another tab signs for this identity',
    text: 'Only one may. This tab shows what the other does.',
  },
  SIGNER_CLOCK_OFF: {
    title: 'The clock is off',
    text: (c) =>
      `It differs by ${duration(Math.abs(Number(c['offsetMs'] ?? 0)))}, more than the ${duration(Number(c['limitMs'] ?? 0))} allowed. Nothing is signed until it fits: rewards may be missed. Set this device’s clock.`,
  },
  MALICIOUS: {
    title: 'This identity is banned',
    text: 'The network has proof that it signed two different things for one slot. It earns no more. Coins in the wallet stay yours. Start over with a new identity in settings.',
    action: SETTINGS,
  },

  // transfers
  BAD_ADDRESS: {
    title: 'This is not an address',
    text: (c) => `${addressReason(c)} ${NOTHING_SENT}`,
  },
  ADDRESS_MALFORMED: {
    title: 'This is not an address',
    text: (c) => `${addressReason(c)} ${NOTHING_SENT}`,
  },
  ADDRESS_CHECKSUM: {
    title: 'There is a typo in this address',
    text: `Its checksum does not fit, so at least one character is wrong or missing. ${NOTHING_SENT} Copy it again.`,
  },
  ADDRESS_LENGTH: {
    title: 'This address has the wrong length',
    text: `Part of it is missing, or it belongs to something else. ${NOTHING_SENT} Copy it again.`,
  },
  ADDRESS_NETWORK: {
    title: 'This address is of another network',
    text: (c) =>
      `It begins with “${text(c, 'actual', text(c, 'found'))}1”, addresses here begin with “${text(c, 'expected')}1”. ${NOTHING_SENT}`,
  },
  ADDRESS_RESERVED: {
    title: 'This address is not usable',
    text: `It uses bytes that the protocol reserves. ${NOTHING_SENT}`,
  },
  BAD_AMOUNT: {
    title: 'This is not an amount',
    text: (c) => `${text(c, 'reason', 'Enter a number greater than 0')}. ${NOTHING_SENT}`,
  },
  AMOUNT_EMPTY: { title: 'Enter an amount', text: 'For example 1.5. The unit is SMH.' },
  AMOUNT_NEGATIVE: {
    title: 'The amount must be greater than 0',
    text: `A transfer moves coins one way only. ${NOTHING_SENT}`,
  },
  AMOUNT_ZERO: {
    title: 'The amount must be greater than 0',
    text: `The smallest amount is 1 smidge, 0.000000001 SMH. ${NOTHING_SENT}`,
  },
  AMOUNT_FORMAT: {
    title: 'This is not a number',
    text: 'Use digits and one point or comma, for example 1.5.',
  },
  AMOUNT_DECIMALS: {
    title: 'Too many decimals',
    text: (c) => `The smallest unit has ${text(c, 'max', '9')} decimals: 0.000000001 SMH.`,
  },
  AMOUNT_OVERFLOW: {
    title: 'This amount is larger than any balance can be',
    text: `No account can hold it. ${NOTHING_SENT}`,
  },
  INSUFFICIENT_FUNDS: {
    title: 'Not enough coins',
    text: (c) =>
      `${c['needed'] !== undefined ? `With fees ${smidge(c, 'needed')} is needed, ${smidge(c, 'available')} is available.` : 'Amount and fees are more than what is available.'} ${NOTHING_SENT} Send less, or wait for rewards.`,
    action: RECEIVE,
  },
  INSUFFICIENT_BALANCE: {
    title: 'Not enough coins',
    text: (c) =>
      `${smidge(c, 'needed')} is needed, ${smidge(c, 'available')} is available. ${NOTHING_SENT}`,
    action: RECEIVE,
  },
  UNKNOWN_ACCOUNT: {
    title: 'This account is not in the wallet',
    text: `Choose one of your accounts to send from. ${NOTHING_SENT}`,
  },
  TX_REJECTED: {
    title: 'The transfer was refused',
    text: (c) =>
      `The node’s rule: ${text(c, 'detail', text(c, 'reason', text(c, 'message', 'unknown')))}. No coins moved and no fee was charged.`,
  },
  WALLET_TRANSACTION: {
    title: 'The wallet will not sign this',
    text: (c) => `${text(c, 'reason', 'It does not know what this is')}. ${NOTHING_SENT}`,
  },
  WALLET_RECORD: {
    title: 'The stored wallet cannot be read',
    text: (c) =>
      `Its record is damaged${when(c, 'reason', (r) => ` (${r})`)}. Nothing was deleted. Reload; if it stays, only your words bring the wallet back.`,
    action: RELOAD,
  },
  WALLET_ACCOUNT_NAME: {
    title: 'This name does not work',
    text: (c) => `${text(c, 'reason', 'Choose another one')}. ${NOTHING_CHANGED}`,
  },
  WALLET_UNKNOWN_ACCOUNT: {
    title: 'This account is not in the wallet',
    text: `Choose one of your accounts. ${NOTHING_SENT}`,
  },
  NO_PEERS: {
    title: 'Nobody to ask',
    text: 'What is missing can only come from other nodes, and a local network has none. Reload; if it stays, start over in settings.',
    action: SETTINGS,
  },
  WALLET_LOCKED: {
    title: 'The wallet is locked',
    text: `${NOTHING_SENT} Unlock it first.`,
  },
}

/** What the node tells as it goes; most are good news. */
const EVENTS: Record<string, Entry> = {
  NODE_STARTED: { title: 'Node started', text: 'The local network goes on from where it stood.' },
  NODE_STOPPED: { title: 'Node stopped', text: 'Network time stands still until it starts again.' },
  NODE_RESUMED: {
    title: 'Node resumed',
    text: (c) =>
      `It went on ${c['layer'] === undefined ? 'where it stood' : `from layer ${text(c, 'layer')}`}.`,
  },
  LEADER_TAKEOVER: {
    title: 'This tab took over',
    text: 'The tab that ran the node closed. The node was started here and nothing was signed twice.',
  },
  WALLET_CREATED: {
    title: 'Wallet made',
    text: 'Its words are kept on this device only. Write them down when you like.',
  },
  IDENTITY_CREATED: {
    title: 'Smesher identity made',
    text: (c) =>
      `${when(c, 'nodeId', (id) => `Node id ${shortId(id, 8, 6)}. `)}It signs your ATXs.`,
  },
  BACKUP_CONFIRMED: { title: 'Words written down', text: 'You can recover the wallet with them.' },
  SMESHING_STARTED: {
    title: 'Smeshing started',
    text: (c) =>
      when(c, 'numUnits', (n) => `Committing ${n} units of space.`) || 'The node fills its space.',
  },
  SMESHING_STOPPED: {
    title: 'Smeshing stopped',
    text: 'An ATX that is already published keeps earning until its epoch ends.',
  },
  DATA_DELETED: { title: 'Space deleted', text: 'Labels and proofs are gone. Coins are not.' },
  INIT_STARTED: {
    title: 'Making labels',
    text: (c) => `${when(c, 'provider', (p) => `On ${p}. `)}This fills the space you commit.`,
  },
  INIT_PAUSED: { title: 'Labels paused', text: 'What is made so far is kept.' },
  INIT_RESUMED: { title: 'Labels resumed', text: 'It goes on with the first missing label.' },
  INIT_COMPLETE: { title: 'Space is ready', text: 'All labels are made and stored.' },
  VRF_NONCE_FOUND: {
    title: 'Nonce found',
    text: 'The smallest label decides your lottery tickets.',
  },
  POST_STARTED: { title: 'Proving the space', text: 'Every label is read once.' },
  POST_COMPLETE: { title: 'Space proven', text: 'The proof is checked and kept.' },
  POST_FAILED: {
    title: 'Proving failed',
    text: 'Smesh tries again while there is time in this epoch.',
  },
  INITIAL_PROOF_COMPLETE: {
    title: 'First proof made',
    text: 'It shows once that the space is really there.',
  },
  WAITING_FOR_POET_REGISTRATION_WINDOW: {
    title: 'Waiting for a PoET round',
    text: (c) =>
      `Registration opens soon${when(c, 'publishEpoch', (e) => `, for the ATX of epoch ${e}`)}.`,
  },
  POET_CHALLENGE_READY: { title: 'Challenge ready', text: 'It is about to be registered.' },
  POET_REGISTERED: {
    title: 'Registered with the PoET',
    text: (c) => `The proof of round ${text(c, 'roundId', 'this')} covers your challenge.`,
  },
  WAITING_FOR_POET_ROUND_END: {
    title: 'PoET round running',
    text: 'It proves that time has passed. Nothing to do until it ends.',
  },
  POET_ROUND_STARTED: {
    title: 'PoET round started',
    text: (c) => `Round ${text(c, 'roundId', 'new')} is at work.`,
  },
  POET_PROOF_RECEIVED: {
    title: 'PoET proof received',
    text: (c) =>
      `${when(c, 'leaves', (n) => `${count(Number(n))} leaves of work. `)}Now the space is proven over it.`,
  },
  POST_PROOF_READY: { title: 'Space proven', text: 'The proof goes into the ATX.' },
  ATX_SIGNED: { title: 'ATX signed', text: 'It is being published.' },
  ATX_PUBLISHED: {
    title: 'ATX published',
    text: (c) =>
      `${when(c, 'atxId', (id) => `${shortId(id, 8, 6)}. `)}It makes you eligible in epoch ${text(c, 'targetEpoch', 'the next')}.`,
  },
  ELIGIBILITIES: {
    title: 'Eligible layers known',
    text: (c) =>
      `${text(c, 'count', text(c, 'layers', 'Some'))} layers of epoch ${text(c, 'epoch', 'this')} are yours.`,
  },
  NOT_ELIGIBLE: {
    title: 'Not eligible in this epoch',
    text: (c) =>
      `There is no ATX for epoch ${text(c, 'epoch', 'this')}, so no rewards in it. The next one is under way.`,
  },
  BEACON: {
    title: 'Beacon of the epoch',
    text: (c) => `${text(c, 'beacon', 'Known')}${when(c, 'epoch', (e) => ` for epoch ${e}`)}.`,
  },
  PROPOSAL_PUBLISHED: {
    title: 'Proposal published',
    text: (c) => `For layer ${text(c, 'layer')}. The reward comes when the layer is applied.`,
  },
  PROPOSAL_FAILED: {
    title: 'Proposal missed',
    text: (c) =>
      `Layer ${text(c, 'layer')} passed without it${cause(c)}. There is no reward for it; other layers are not affected.`,
  },
  REWARD: {
    title: 'Reward',
    text: (c) => `${smidge(c, 'amount')} for layer ${text(c, 'layer')}.`,
  },
  LAYER_EMPTY: { title: 'Empty layer', text: (c) => `Layer ${text(c, 'layer')} has no block.` },
  TX_SUBMITTED: { title: 'Transfer sent', text: 'It waits for a layer.' },
  TX_APPLIED: {
    title: 'Transfer done',
    text: (c) => `Applied in layer ${text(c, 'layer', 'the latest')}.`,
  },
  TX_FAILED: {
    title: 'Transfer failed',
    text: (c) =>
      `${text(c, 'message', text(c, 'reason', 'The network refused it'))}. ${c['layer'] === undefined ? 'Nothing was charged.' : 'The fee was charged, the amount was not.'}`,
  },
  TX_RECEIVED: {
    title: 'Coins received',
    text: (c) =>
      `${smidge(c, 'amount')}${when(c, 'from', (from) => ` from ${shortAddress(from)}`)}.`,
  },
  ACCOUNT_ADDED: {
    title: 'Account added',
    text: (c) => text(c, 'name', 'It is ready to receive.'),
  },
  ACCOUNT_SPAWNED: {
    title: 'Account activated',
    text: 'Its first transfer announced its key to the network.',
  },
  RETRYING: {
    title: 'Trying again',
    text: (c) => `${when(c, 'reason', (r) => `${r}. `)}Coins are not affected.`,
  },
  HALTED: {
    title: 'Smeshing halted',
    text: (c) =>
      `The node refuses to sign${when(c, 'reason', (r) => ` (${r})`)}. It earns nothing until this is resolved; ${SAFE.toLowerCase()}`,
  },
  GPU_FALLBACK: {
    title: 'Going on with the processor',
    text: (c) =>
      `The GPU is gone${when(c, 'reason', (r) => ` (${r})`)}. Labels made so far are kept.`,
  },
  WIPED: { title: 'Everything deleted', text: 'Wallet, identity, chain and space are gone.' },
}

/** The coded cause of an event in words, its own text where there is no better one. */
function cause(c: Context): string {
  const code = text(c, 'error', '')
  const entry = Object.hasOwn(CONDITIONS, code) ? CONDITIONS[code] : undefined
  if (entry) return `: ${resolve(entry.title, c).toLowerCase()}`
  return code === '' || code === 'REFUSED'
    ? when(c, 'reason', (reason) => ` (${reason})`)
    : ` (${code})`
}

function addressReason(c: Context): string {
  switch (text(c, 'reason', '')) {
    case 'empty':
      return 'Enter the address to send to.'
    case 'mixed case':
      return 'It mixes capital and small letters. Copy it again.'
    case 'no separator':
      return 'The “1” that ends its prefix is missing. Copy it again.'
    case 'too short':
      return 'Part of it is missing. Copy it again.'
    case 'invalid character':
      return 'It has a character that no address has. Copy it again.'
    case 'checksum':
      return 'Its checksum does not fit, so at least one character is wrong. Copy it again.'
    case '':
    case 'unknown':
      return 'Check it and copy it again.'
    default:
      return `${text(c, 'reason')}. Check it and copy it again.`
  }
}

const ALL: Record<string, Entry> = { ...EVENTS, ...CONDITIONS }

/** Codes that the catalogue knows, for tests and for whoever adds one. */
export const KNOWN_CODES: readonly string[] = Object.keys(ALL)

const resolve = (value: Text, context: Context): string =>
  typeof value === 'string' ? value : value(context)

/** The sentence for a code. An unknown one is told as such, with the code to report. */
export function messageFor(code: string, context: Context = {}): Message {
  const entry = Object.hasOwn(ALL, code) ? ALL[code] : undefined
  if (!entry) {
    return {
      code,
      title: 'Something unexpected happened',
      text: `The node reported ${code}. Stored data and coins are kept. If it stays, reload the page and report the details below.`,
    }
  }
  const message = { code, title: resolve(entry.title, context), text: resolve(entry.text, context) }
  return entry.action ? { ...message, action: entry.action } : message
}

/** Code and context of anything that was thrown. Errors of other kinds are told as `UNKNOWN`. */
export function problemOf(error: unknown): { code: string; context: Context } {
  if (typeof error === 'object' && error !== null) {
    const { name, code, context, message } = error as Record<string, unknown>
    if (typeof code === 'string' && (name === 'SmeshError' || context !== undefined)) {
      return { code, context: (context ?? {}) as Context }
    }
    if (name === 'AbortError') return { code: 'ABORTED', context: {} }
    if (name === 'QuotaExceededError') return { code: 'STORAGE_FULL', context: {} }
    if (typeof message === 'string') return { code: 'UNKNOWN', context: { message } }
  }
  return { code: 'UNKNOWN', context: { message: String(error) } }
}
