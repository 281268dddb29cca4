/** A program of three files: asynchronous and synchronous, a method, an exception, a helper that `version=auto` follows. */
export const SOURCES = {
  'src/lib.ts': `import { type Scale, factor } from './factor.js'

/** @deche */
export async function total(lines: readonly number[], scale: Scale = 'one'): Promise<number> {
  console.log('computing')
  if (lines.length === 0) throw new RangeError('no lines')
  return lines.reduce((sum, line) => sum + line, 0) * factor(scale)
}

export class Shop<T> {
  constructor(private readonly name: string) {}

  /** @deche attrs=name version=auto */
  label(item: T, width: number = 10): string {
    console.log('labelling')
    return \`\${this.name}: \${String(item).padEnd(width)}|\${factor('ten')}\`
  }
}
`,
  'src/factor.ts': `export type Scale = 'one' | 'ten'

export const factor = (scale: Scale): number => (scale === 'one' ? 1 : 10)
`,
  'src/main.ts': `import { Shop, total } from './lib.js'

console.log(await total([1, 2], 'ten'), new Shop<number>('Tea').label(3, 5))
try {
  await total([])
} catch (error) {
  const { stack } = error as Error
  console.log(/lib\\.ts:\\d+:\\d+/.exec(stack?.split('\\n').find((line) => line.includes('lib.ts')) ?? '')?.[0])
}
`,
}

/** Where `new RangeError` stands. */
export const THROWN_AT = 'lib.ts:6:33'

/** What the program prints when nothing is stored, and when all is. */
export const COLD = `computing\nlabelling\n30 Tea: 3    |10\ncomputing\n${THROWN_AT}\n`
export const WARM = `30 Tea: 3    |10\n${THROWN_AT}\n`
