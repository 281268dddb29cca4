import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, it } from 'vitest'
import { createFileStore } from '../../runtime/store/file.js'
import { createMemoryStore } from '../../runtime/store/memory.js'
import type { Store } from '../../runtime/store/store.js'
import { createTieredStore } from '../../runtime/store/tiers.js'
import { storeConformance, storeFaces } from '../../runtime/testing/conformance.js'
import { FEW } from '../helpers/few.js'

const root = mkdtempSync(join(tmpdir(), 'deche-tiers-'))
let directories = 0

afterAll(() => rmSync(root, { recursive: true }))

const files = () => createFileStore({ directory: join(root, String(directories++), 'cache') })
const tiered = (...stores: readonly Store[]) => createTieredStore(stores.map((store) => ({ store, readonly: false })))

const stores = {
  'memory and files': () => tiered(createMemoryStore(), files()),
  'files and files': () => tiered(files(), files()),
  'three tiers': () => tiered(createMemoryStore(), files(), createMemoryStore()),
  'files behind a tier that is only asked': () =>
    createTieredStore([
      { store: createMemoryStore(), readonly: true },
      { store: files(), readonly: false },
    ]),
}

for (const [name, open] of Object.entries(stores)) {
  for (const [face, of] of Object.entries(storeFaces)) {
    describe(`${name}, ${face}`, () => {
      for (const { name: behaviour, run } of storeConformance) it(behaviour, () => run(of(open()), FEW))
    })
  }
}
