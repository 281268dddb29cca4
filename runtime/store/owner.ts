import { ifThere } from './file-system.js'

/** Who holds a lock: a thread of a process of a machine. */
export interface Owner {
  /** Where `pid` and `thread` mean something: a boot of a machine and a process namespace of it; else a host's name. */
  readonly machine: string
  readonly pid: number
  /** The kernel's number of the thread; absent where the kernel does not tell. */
  readonly thread?: number
  /** When that thread began, in the kernel's ticks: numbers are given again. */
  readonly began?: string
}

/** Of this thread. */
let own: Owner | undefined

export function ownOwner(): Owner {
  own ??= (process.platform === 'linux' ? ofLinux() : undefined) ?? {
    machine: `${process.platform} ${process.getBuiltinModule('node:os').hostname()}`,
    pid: process.pid,
  }
  return own
}

/** Linux names threads, and tells when each began. A container has its own process ids, which its namespace tells apart. */
function ofLinux(): Owner | undefined {
  const fs = process.getBuiltinModule('node:fs')
  try {
    const boot = fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    const namespace = fs.readlinkSync('/proc/self/ns/pid')
    const thread = Number(fs.readlinkSync('/proc/thread-self').split('/').pop())
    const began = beginning(process.pid, thread)
    if (began === undefined || !Number.isInteger(thread)) return undefined
    return { machine: `${boot} ${namespace}`, pid: process.pid, thread, began }
  } catch {
    return undefined
  }
}

/** Whether what was read is an owner. */
export function isOwner(value: unknown): value is Owner {
  if (typeof value !== 'object' || value === null) return false
  const { machine, pid, thread, began } = value as Readonly<Record<string, unknown>>
  return (
    typeof machine === 'string' &&
    Number.isSafeInteger(pid) &&
    Number(pid) > 0 &&
    (thread === undefined || Number.isSafeInteger(thread)) &&
    (began === undefined || typeof began === 'string')
  )
}

/** Whether the owner is seen to be dead; `false` too where nobody here can see it. */
export function isDead(owner: Owner): boolean {
  if (owner.machine !== ownOwner().machine) return false
  if (owner.thread !== undefined && owner.began !== undefined) return beginning(owner.pid, owner.thread) !== owner.began
  try {
    process.kill(owner.pid, 0)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
}

/** When a thread began; `undefined` when it has ended, be it that nobody has asked yet how (a zombie). */
function beginning(pid: number, thread: number): string | undefined {
  const fs = process.getBuiltinModule('node:fs')
  let text: string | undefined
  try {
    text = ifThere(() => fs.readFileSync(`/proc/${pid}/task/${thread}/stat`, 'latin1'))
  } catch (error) {
    // A process that ends while it is read.
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return undefined
    throw error
  }
  // proc(5): the name in parentheses may hold any character; after it come the state and, as the 20th, the start time.
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ')
  return fields === undefined || /^[ZXx]/.test(fields[0] ?? '') ? undefined : fields[19]
}
