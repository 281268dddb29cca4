/** What is timed. `args(n)` makes the arguments of the n-th key: never the same objects twice. */
export const WORKLOADS = {
  W1: { title: 'f(number)', fn: 'number', kind: { arity: 1 }, args: (n) => [n] },
  'W1 ttl': {
    title: 'f(number), an hour',
    fn: 'number',
    limit: 'ttl',
    tagged: 'numberWithTtl',
    kind: { arity: 1, ttl: true },
    args: (n) => [n],
  },
  W2: { title: 'f(string, number)', fn: 'pair', kind: { arity: 2 }, args: (n) => [`city ${n}`, n % 10] },
  W3: {
    title: 'f({ a, b, c }), equal by value',
    fn: 'place',
    kind: { arity: 1, objects: true },
    args: (n) => [{ a: n, b: `city ${n % 10}`, c: n % 7 }],
  },
  W4: {
    title: 'f of five, two by default',
    fn: 'five',
    kind: { arity: 5 },
    args: (n) => [`city ${n}`, n % 10, n % 2 === 0 ? 'C' : 'F'],
  },
  W5: { title: 'await f(number)', fn: 'later', kind: { arity: 1, async: true }, args: (n) => [n] },
  'W1 object': {
    title: 'f(number), ten fields, a fresh copy',
    fn: 'report',
    kind: { arity: 1 },
    args: (n) => [n],
    also: { 'deche, share': 'sharedReport' },
  },
}
