/**
 * What Python's deche 0.8 does, row by row. The tests beside this file bear the same numbers; `here` says what this
 * project does differently on purpose, or what stands in for something that TypeScript does not have.
 */
export interface Row {
  readonly python: string
  readonly here?: string
}

/** Behaviours to keep: `3a.<number>`. */
export const behaviours: Readonly<Record<number, Row>> = {
  1: {
    python:
      'Cache takes protocol, storage options, prefix, (de)serializers, ttl, expiry mode, validators, …; all optional',
    here: 'the same settings under the names of the tag options',
  },
  2: { python: 'without a protocol, configuration is read when first needed: DECHE_FS__… and YAML' },
  3: { python: 'an explicit protocol beats the configuration; the prefix is known before the first path' },
  4: {
    python: 'prefix: /test/ is /test, / is empty, None stays None',
    here: 'a directory: absolute, and without one .deche beside package.json',
  },
  5: { python: 'entries lie in [prefix/]module.fn; fn.path()' },
  6: { python: 'key = sha256 of the bound named arguments with defaults; positional, keyword and omitted are one' },
  7: { python: 'keys are deterministic over processes', here: 'sha256 of stable JSON, which any language can compute' },
  8: {
    python: '**kwargs are flattened into the named inputs; arity errors are TypeErrors before caching',
    here: 'no keyword arguments: a rest of a destructured object is one input; wrong names are TypeErrors in kwargs',
  },
  9: { python: '*args is rejected, except _', here: 'a rest parameter is one input, an array' },
  10: { python: 'non_hashable_kwargs are neither in the key nor in .inputs; kwargs must still bind required ones' },
  11: {
    python: 'methods: self is dropped, cls_attrs are inputs; management takes the object',
    here: 'inputs are called this.<attr>; the object is given as cached(obj.method, obj)',
  },
  12: { python: 'valid data, else .exc, else write .inputs, call, validate, write data; on a throw write .exc' },
  13: { python: '.inputs is written before the call, and left behind after a failure' },
  14: { python: 'a kept exception is raised again with its type; nothing runs, nothing is written' },
  15: {
    python: 'KeyboardInterrupt and CancelledError are not kept',
    here: 'nor AbortError, the timeout of a signal, and a process that is interrupted',
  },
  16: { python: 'None and falsy results are kept' },
  17: { python: 'valid data wins over an existing .exc' },
  18: { python: 'validators run in order, existence first; a falsy one or one that raises is a miss' },
  19: {
    python: 'ttl in seconds; age from the file; 0 is always stale',
    here: 'a number needs a unit; age from the entry’s header',
  },
  20: {
    python: 'APPEND writes each result also as <key>-<µs>: 3 calls, 5 files',
    here: 'only older results are kept beside the present one: 3 calls, 4 files',
  },
  21: { python: 'list and iter hide append copies' },
  22: { python: 'list_cached_…(key_only=True); full paths on request; empty if there is nothing' },
  23: { python: 'iter_cached_… are generators', here: 'asynchronous ones, with synchronous twins' },
  24: { python: 'load_cached_…(key or kwargs); neither: AssertionError; missing: FileNotFoundError' },
  25: { python: 'has_…(key or kwargs); is_valid(*args)' },
  26: { python: 'remove_cached_… is idempotent and removes one kind; remove_all_cached_exceptions' },
  27: { python: 'tokenize, func, fs, deche, path; functools.wraps' },
  28: { python: 'cache.replace(**changes): a new Cache, other fields kept' },
  29: {
    python: 'custom output (de)serializer; read_… and write_… on the Cache itself',
    here: 'a codec; cache.open(id) reads and writes without the function',
  },
  30: { python: 'path_callable(func, kwargs) replaces the directory; the key stays', here: 'path(inputs)' },
  31: { python: 'result_validator: False or a raise is a ValidationError with its cause; None and True pass' },
  32: { python: 'async functions are awaited and kept in the same layout' },
  33: { python: 'directories are made on demand' },
  34: {
    python: 'exports Cache, CacheExpiryMode, tokenize, DEFAULT_VALIDATORS, DEFAULT_(DE)SERIALIZER',
    here: 'expiry is a word, tokenize a method of cached(fn), the defaults are what no option says',
  },
}

/** Defects that must not exist here: `3b.<number>`. */
export const defects: Readonly<Record<number, Row>> = {
  1: { python: 'replace(cache_ttl=…) keeps the old ttl as well; None does not remove it' },
  2: { python: 'a deadline is inverted, in a mixture of zones' },
  3: { python: 'a ttl never holds in memory or on S3, which have no mtime' },
  4: { python: 'exceptions ignore the ttl: after one failure the function is dead' },
  5: { python: 'ValidationError is kept as the function’s exception' },
  6: { python: 'an async result_validator that answers False is taken as a yes' },
  7: { python: 'a result that cannot be stored becomes the function’s exception, and is lost' },
  8: { python: 'an exception goes through the custom output serializer' },
  9: { python: 'load_cached_inputs uses the output codec' },
  10: { python: 'keys depend on identity and insertion order; lambdas differ each time' },
  11: { python: 'path_callable that uses kwargs fails at the second call' },
  12: { python: 'A.m, B.m and a function m share entries' },
  13: { python: 'a receiver not called self is pickled as a whole', here: 'this is never an input' },
  14: { python: 'parameters named args and kwargs are special' },
  15: { python: 'a -<digit> in the prefix hides all entries' },
  16: { python: 'a truncated, empty or garbled entry raises for ever' },
  17: { python: 'entries are written in place' },
  18: { python: 'python -O removes checks', here: 'NODE_ENV changes nothing' },
  19: { python: 'custom validators drop the check for existence' },
  20: { python: 'a prefix that is a URL loses a slash', here: 'refused under protocol file' },
  21: { python: 'without configuration the first call fails' },
  22: { python: 'unknown ignore names are accepted, and text is taken letter by letter' },
  23: { python: 'exceptions whose constructor does not take its own args fail; the cause is lost' },
  24: { python: 'a generator function keeps a TypeError', here: 'generators are recorded and replayed' },
  25: { python: 'removing data leaves its history; there is no way to read history, nor to remove all' },
  26: { python: 'a directory that vanishes while the program runs is an error' },
  27: { python: 'the first call answers the live object that later calls answer a copy of' },
  28: { python: 'async functions do synchronous I/O and run once per caller; the file system is fixed at decoration' },
  29: { python: '__main__.f is shared by all scripts' },
}
