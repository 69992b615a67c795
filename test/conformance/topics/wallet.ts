import {
  checkAmount,
  checkDerive,
  checkFile,
  checkKey,
  checkLegacyKey,
  checkMnemonicRecord,
  checkSignedMessage,
  checkTransaction,
} from '../checks/wallet.ts'
import { skipped, type Topic } from '../types.ts'

const ledger = skipped('Ledger devices come with a later issue')

export const topic: Topic = {
  files: {
    'amounts.jsonl': checkAmount,
    'derive.jsonl': checkDerive,
    'files.jsonl': checkFile,
    'hid-frames.jsonl': ledger,
    'keys.jsonl': checkKey,
    'ledger-apdu.jsonl': ledger,
    'ledger-messages.jsonl': ledger,
    'ledger-tx.jsonl': ledger,
    'legacy-keys.jsonl': checkLegacyKey,
    'mnemonics.jsonl': checkMnemonicRecord,
    'signed-messages.jsonl': checkSignedMessage,
    'transactions.jsonl': checkTransaction,
  },
}
