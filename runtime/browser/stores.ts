import { ConfigError } from '../errors.js'
import { provideStores } from '../on-first-use.js'
import { warnOnce } from '../warn.js'

// Some bundlers build for browsers unless they are told.
const { process: host } = globalThis as { readonly process?: { readonly versions?: { readonly node?: string } } }
if (host?.versions?.node !== undefined)
  warnOnce(
    'DECHE3015',
    'node',
    'this program was built for browsers and runs in Node, so what is cached ends with the process. Build it for Node ' +
      "(esbuild, Rolldown: platform: 'node'; Vite: build.ssr; webpack: target: 'node'), or leave deche out of the bundle.",
  )

/** In place of `store/file.ts`. Throws ConfigError. */
export function createFileStore(): never {
  throw refusal('file')
}

/** In place of `remote.ts`. */
provideStores({
  openStore({ protocol }) {
    throw refusal(protocol)
  },
})

function refusal(protocol: string): ConfigError {
  return new ConfigError(
    'protocol',
    `'${protocol}' is nothing that a browser has: what runs there is kept in memory. Leave it out where the browser runs, or give 'store' a store of your own`,
  )
}
