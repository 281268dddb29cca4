/** In place of `manage/not-compiled.ts`: a browser cannot look at how a program was built. */
export function factsOf(fn: unknown): { readonly name: string } {
  return { name: typeof fn === 'function' ? fn.name : '' }
}

export function whyNotCompiled(): string {
  return "Most likely the build has no plugin of deche ('deche/vite' and so on), or the function has no tag."
}
