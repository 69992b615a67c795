/** Folder of all label data in the origin private file system. */
const ROOT = 'post'

/** The folder of one identity's labels, made when missing. */
export async function labelFolder(name: string): Promise<FileSystemDirectoryHandle> {
  const origin = await navigator.storage.getDirectory()
  const root = await origin.getDirectoryHandle(ROOT, { create: true })
  return root.getDirectoryHandle(name, { create: true })
}

/** Deletes the labels of every identity. Files must be closed. */
export async function removeLabelFolders(): Promise<void> {
  const origin = await navigator.storage.getDirectory()
  try {
    await origin.removeEntry(ROOT, { recursive: true })
  } catch (error) {
    if ((error as { name?: string }).name !== 'NotFoundError') throw error
  }
}

/** Whether files can be kept here; private windows and old browsers cannot, each in its own way. */
export async function canKeepFiles(): Promise<{ available: true } | { reason: string }> {
  if (typeof FileSystemFileHandle === 'undefined' || !navigator.storage?.getDirectory) {
    return { reason: 'this browser has no origin private file system' }
  }
  if (!('createSyncAccessHandle' in FileSystemFileHandle.prototype)) {
    return { reason: 'this browser cannot write files from a worker' }
  }
  try {
    await navigator.storage.getDirectory()
    return { available: true }
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) }
  }
}
