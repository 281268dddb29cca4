export const FORMS: readonly { readonly form: string; readonly text: string }[]
export function withNeighbour(text: string): string
export function untagged(text: string): string
