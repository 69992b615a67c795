import { checkVerify } from '../checks/crypto.ts'
import type { Topic } from '../types.ts'

export const topic: Topic = { files: { 'verify.jsonl': checkVerify } }
