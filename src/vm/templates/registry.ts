import type { AnyMethodRule, AnyTemplate } from '../template.ts'
import { equalBytes } from '../../util/bytes.ts'
import { multisig } from './multisig.ts'
import { spend } from './spend.ts'
import { vault } from './vault.ts'
import { drainVault, vesting } from './vesting.ts'
import { wallet } from './wallet.ts'

/** All templates of the network; there is no way to add one without an upgrade of every node. */
export const templates: readonly AnyTemplate[] = [wallet, multisig, vesting, vault]

/** The template at an address, if there is one. */
export const templateAt = (address: Uint8Array): AnyTemplate | undefined =>
  templates.find((template) => equalBytes(template.address, address))

/** A method's rule is the same in every template that has it. */
const rules: readonly AnyMethodRule[] = [spend, drainVault]

export const methodRule = (number: number): AnyMethodRule | undefined =>
  rules.find((rule) => rule.number === number)
