import {
  effectiveGenesis,
  genesisId,
  goldenAtxId,
  mainnet,
  prologue,
} from '../../../src/config/index.ts'
import { decodeCookie, encodeCookie } from '../../../src/network/cookie.ts'
import { gossipMessageId } from '../../../src/network/message-id.ts'
import { fromHex } from '../../../src/util/bytes.ts'
import { checkMessage, checkNamedMessage } from '../checks/fetch.ts'
import { expectEqual, expectHex, skipped, type Json, type Topic } from '../types.ts'

/**
 * Records without `layersPerEpoch` have an effective genesis of their own, as after a checkpoint
 * at the layer that follows it.
 */
function checkPrologue(record: Json): void {
  const timeMs = 1000 * record.genesisTimeUnix
  expectEqual(timeMs, Date.parse(record.genesisTime), 'genesisTime')
  const { layersPerEpoch = mainnet.layers.layersPerEpoch } = record
  const config = {
    ...mainnet,
    genesis: { ...mainnet.genesis, timeMs, extraData: record.extraData },
    layers: { ...mainnet.layers, layersPerEpoch },
  }
  const restoreLayer = record.layersPerEpoch === undefined ? record.effectiveGenesis + 1 : null
  expectHex(goldenAtxId(config), record.goldenAtx, 'goldenAtx')
  expectHex(genesisId(config), record.genesisId, 'genesisId')
  expectEqual(effectiveGenesis(config, restoreLayer), record.effectiveGenesis, 'effectiveGenesis')
  expectEqual(new TextDecoder().decode(prologue(config, restoreLayer)), record.prologue, 'prologue')
}

function checkCookie(record: Json): void {
  const wire = fromHex(record.wire)
  expectHex(encodeCookie(fromHex(record.cookie)), record.wire, 'wire')
  const { cookie, sizeBytes } = decodeCookie(wire)
  expectHex(cookie, record.cookie, 'cookie')
  expectEqual(sizeBytes, wire.length, 'size')
}

const later = skipped('comes with peers: clock check, host key')

export const topic: Topic = {
  files: {
    'prologues.jsonl': checkPrologue,
    'cookies.jsonl': checkCookie,
    'message-ids.jsonl': (record) =>
      expectHex(gossipMessageId(record.topic, fromHex(record.data)), record.messageId, 'messageId'),
    'named.jsonl': checkNamedMessage,
    'messages.jsonl': checkMessage,
    'clock-offsets.jsonl': later,
    'peer-ids.jsonl': later,
  },
}
