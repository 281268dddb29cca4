/** Why there is no small disk there; `undefined` when there is one now. */
export function mountDisk(directory: string, size: string): string | undefined
/** Throws when the system refuses it. */
export function remountDisk(directory: string, how: 'ro' | 'rw'): void
export function unmountDisk(directory: string): void
