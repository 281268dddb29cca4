import { type FileSystem, ifThere } from './file-system.js'

/**
 * File systems of Linux that date a directory whenever a file in it is made, renamed or removed: by `f_type`, statfs(2).
 * Others (of the network, of FUSE, of virtual machines) may do so late or never.
 */
const DATING = new Set([
  0xef53, // ext2, ext3, ext4
  0x58465342, // XFS
  0x9123683e, // Btrfs
  0xf2f52010, // F2FS
  0x2fc12fc1, // ZFS
  0x01021994, // tmpfs
  0x794c7630, // overlayfs
])

/** What `SyncStore.directoryRevision` answers for absolute directories. */
export function createDirectoryRevision(fs: FileSystem): (directory: string) => string | undefined {
  const isDating = new Map<number, boolean>()
  return (directory) => {
    try {
      const facts = ifThere(() => fs.statSync(directory, { throwIfNoEntry: false }))
      if (facts === undefined) return 'none'
      const { dev, ino, mtimeMs, ctimeMs } = facts
      if (dev === undefined || fs.statfsSync === undefined) return undefined
      if (!isDating.has(dev)) isDating.set(dev, DATING.has(fs.statfsSync(directory).type))
      // Whoever sets the one time, as archives do, sets the other one to that moment.
      return isDating.get(dev) ? `${ino}-${mtimeMs}-${ctimeMs}` : undefined
    } catch {
      return undefined
    }
  }
}
