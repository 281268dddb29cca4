import { Session } from 'node:inspector/promises'

/** Functions of the transformer, and what they do; what runs under several of them counts for the innermost. */
const PHASES = {
  parse: 'the parser',
  SyntaxTree: 'the ways through the tree',
  Scopes: 'what each name means',
  ownCode: "the hash of a function's code",
  ambientWarnings: 'warnings',
  analyse: 'tags and the functions behind them',
  moduleOf: 'questions to the file system',
  lostTags: 'questions to the file system',
  rewrite: 'the rewritten text and its map',
  map: 'the rewritten text and its map',
}
const GARBAGE = 'garbage collection'
const REST = 'all else'

/** Which part of its time something spends in which phase, by a profile of some rounds of it: `[phase, share]`, large ones first. */
export async function phasesOf(run, rounds) {
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.setSamplingInterval', { interval: 200 })
  await session.post('Profiler.start')
  for (let index = 0; index < rounds; index++) run()
  const { profile } = await session.post('Profiler.stop')
  session.disconnect()
  const phases = phasesOfNodes(profile.nodes)
  const sums = new Map()
  for (const [index, id] of profile.samples.entries()) {
    const phase = phases.get(id)
    sums.set(phase, (sums.get(phase) ?? 0) + profile.timeDeltas[index])
  }
  const total = [...sums.values()].reduce((sum, time) => sum + time, 0)
  return [...sums].map(([phase, time]) => [phase, time / total]).sort((a, b) => b[1] - a[1])
}

/** Each node of a profile stands behind the one that called it. */
function phasesOfNodes(nodes) {
  const phases = new Map()
  const callers = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])))
  for (const { id, callFrame } of nodes) phases.set(id, phaseOf(callFrame) ?? phases.get(callers.get(id)) ?? REST)
  return phases
}

/** A bundle numbers functions that have one name. */
function phaseOf({ functionName, url }) {
  if (functionName === '(garbage collector)') return GARBAGE
  return url.includes('/dist/transformer/') ? PHASES[functionName.replace(/\d+$/, '')] : undefined
}
