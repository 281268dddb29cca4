import fc from 'fast-check'

/**
 * Generators made of data, so that one program runs plainly, cached, and asynchronously; and consumers made of data, which
 * do to a generator all that the protocol allows.
 */
export type Step =
  | { readonly kind: 'yield' | 'caught' | 'finally'; readonly value: unknown }
  /** Gives what was sent last. */
  | { readonly kind: 'echo' }
  | { readonly kind: 'nested'; readonly program: Program }

export interface Program {
  readonly steps: readonly Step[]
  readonly end: { readonly kind: 'return'; readonly value: unknown } | { readonly kind: 'throw' | 'return sent' }
}

export function* runProgram({ steps, end }: Program): Generator<unknown, unknown, unknown> {
  let sent: unknown
  for (const step of steps) {
    if (step.kind === 'yield') sent = yield step.value
    else if (step.kind === 'echo') sent = yield ['echo', sent]
    else if (step.kind === 'nested') sent = yield* runProgram(step.program)
    else {
      let goesOn = false
      try {
        sent = yield step.value
        goesOn = true
      } catch (error) {
        goesOn = true
        if (step.kind === 'finally') throw error
        sent = yield ['caught', String(error)]
      } finally {
        // A replay that is left early ends there: docs/results-and-errors.md says so.
        if (step.kind === 'finally' && goesOn) yield 'finally'
      }
    }
  }
  if (end.kind === 'throw') throw new RangeError('the end')
  return end.kind === 'return' ? end.value : sent
}

/** The same, which lets others run between two steps. */
export async function* runProgramAsync({ steps, end }: Program): AsyncGenerator<unknown, unknown, unknown> {
  let sent: unknown
  for (const [at, step] of steps.entries()) {
    await ticks(at % 3)
    if (step.kind === 'yield') sent = yield step.value
    else if (step.kind === 'echo') sent = yield ['echo', sent]
    else if (step.kind === 'nested') sent = yield* runProgramAsync(step.program)
    else {
      let goesOn = false
      try {
        sent = yield step.value
        goesOn = true
      } catch (error) {
        goesOn = true
        if (step.kind === 'finally') throw error
        sent = yield ['caught', String(error)]
      } finally {
        // A replay that is left early ends there: docs/results-and-errors.md says so.
        if (step.kind === 'finally' && goesOn) yield 'finally'
      }
    }
  }
  if (end.kind === 'throw') throw new RangeError('the end')
  return end.kind === 'return' ? end.value : sent
}

export type Action =
  | { readonly kind: 'next' | 'return'; readonly value?: unknown }
  | { readonly kind: 'throw'; readonly message: string }

/** What a consumer got for each of its actions. */
export type Outcome = readonly (IteratorResult<unknown, unknown> | { readonly threw: string })[]

export function consume(generator: Generator<unknown, unknown, unknown>, actions: readonly Action[]): Outcome {
  return actions.map((action) => {
    try {
      if (action.kind === 'throw') return generator.throw(new TypeError(action.message))
      return action.kind === 'next' ? generator.next(action.value) : generator.return(action.value)
    } catch (error) {
      return { threw: String(error) }
    }
  })
}

/** Waits `pauses` ticks before each action. */
export async function consumeAsync(
  generator: AsyncGenerator<unknown, unknown, unknown>,
  actions: readonly Action[],
  pauses = 0,
): Promise<Outcome> {
  const outcome: (IteratorResult<unknown, unknown> | { readonly threw: string })[] = []
  for (const action of actions) {
    await ticks(pauses)
    try {
      if (action.kind === 'throw') outcome.push(await generator.throw(new TypeError(action.message)))
      else if (action.kind === 'next') outcome.push(await generator.next(action.value))
      else outcome.push(await generator.return(action.value))
    } catch (error) {
      outcome.push({ threw: String(error) })
    }
  }
  return outcome
}

/** Takes everything and what is returned. */
export function drain(generator: Generator<unknown, unknown, unknown>): { items: unknown[]; returned: unknown } {
  const items: unknown[] = []
  for (let turn = generator.next(); ; turn = generator.next()) {
    if (turn.done) return { items, returned: turn.value }
    items.push(turn.value)
  }
}

export async function drainAsync(
  generator: AsyncGenerator<unknown, unknown, unknown>,
): Promise<{ items: unknown[]; returned: unknown }> {
  const items: unknown[] = []
  for (let turn = await generator.next(); ; turn = await generator.next()) {
    if (turn.done) return { items, returned: turn.value }
    items.push(turn.value)
  }
}

export async function ticks(count: number): Promise<void> {
  for (let tick = 0; tick < count; tick++) await new Promise((resolve) => setImmediate(resolve))
}

const shout = () => 'a function cannot be stored'

const values: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
  fc.constantFrom<unknown>(undefined, Number.NaN, -0, 7n, Number.POSITIVE_INFINITY),
  fc.date({ noInvalidDate: true }),
  fc.uint8Array({ maxLength: 4 }),
  fc.array(fc.tuple(fc.string(), fc.integer()), { maxLength: 3 }).map((entries) => new Map(entries)),
  fc.array(fc.integer(), { maxLength: 3 }).map((items) => new Set(items)),
  fc.constantFrom<unknown>(shout, { deep: [shout] }),
)

const { program } = fc.letrec<{ program: Program; step: Step }>((tie) => ({
  program: fc.record({
    steps: fc.array(tie('step'), { maxLength: 5 }),
    end: fc.oneof(
      { weight: 4, arbitrary: fc.record({ kind: fc.constant('return' as const), value: values }) },
      fc.record({ kind: fc.constantFrom('throw' as const, 'return sent' as const) }),
    ),
  }),
  step: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('yield' as const), value: values }) },
    fc.record({ kind: fc.constantFrom('caught' as const, 'finally' as const), value: values }),
    fc.record({ kind: fc.constant('echo' as const) }),
    fc.record({ kind: fc.constant('nested' as const), program: tie('program') }),
  ),
}))

export const programs = program

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 12, arbitrary: fc.constant<Action>({ kind: 'next' }) },
  fc.record({ kind: fc.constant('next' as const), value: fc.constantFrom<unknown>(0, null, 'sent', false) }),
  fc.record({ kind: fc.constant('throw' as const), message: fc.constant('thrown in') }),
  fc.record({ kind: fc.constant('return' as const), value: fc.constantFrom<unknown>(undefined, 'left') }),
)

/** Half of them just take everything, so that recordings are kept. */
export const consumers: fc.Arbitrary<readonly Action[]> = fc.oneof(
  fc.constant(Array.from({ length: 20 }, (): Action => ({ kind: 'next' }))),
  fc.array(action, { maxLength: 12 }),
)
