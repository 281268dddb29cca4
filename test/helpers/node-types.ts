/**
 * A package `@types/node` with what the programs of the tests use. The real one is 2 MB of declarations: for a compiler
 * more than all else in such a program, each time.
 */
export const FEW_NODE_TYPES = {
  'node_modules/@types/node/package.json': { name: '@types/node', version: '20.0.0', types: 'index.d.ts' },
  'node_modules/@types/node/index.d.ts': `
declare var console: Record<'log' | 'error' | 'warn', (...values: unknown[]) => void>
declare var process: any
declare var performance: { now(): number }
declare function setTimeout(then: (...values: any[]) => void, after?: number): any
interface AbortSignal {}
declare module 'node:*'
`,
}
