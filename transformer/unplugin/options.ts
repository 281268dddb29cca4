/** A glob (from the working directory, or absolute), or an expression that an absolute path with forward slashes matches. */
export type Pattern = string | RegExp

/** What the plugin may be told. Everything about caching is said in tags and in deche's configuration. */
export interface Options {
  /**
   * The files to look at. Default: all JavaScript and TypeScript outside of `node_modules`. What is given here takes the
   * place of the default, so that a package in `node_modules` can be listed.
   */
  readonly include?: Pattern | readonly Pattern[]
  /** Files to leave alone, though `include` names them. Default: none. */
  readonly exclude?: Pattern | readonly Pattern[]
}
