export function workerSource(root: string): Promise<string>
