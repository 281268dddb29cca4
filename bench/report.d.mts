/** The pages that are made from results, by their paths in the repository. */
export function pages(results: unknown): Readonly<Record<string, string>>
export function writePages(): void
