/** Folders of the vector tree that have a module in `topics/`, once it is written. */
export const topicNames: readonly string[] = [
  'activation',
  'consensus',
  'ed25519',
  'network',
  'poet',
  'post',
  'tortoise',
  'types',
  'vm',
  'wallet',
]
