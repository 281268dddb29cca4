export function warnIfLate(): void {}
