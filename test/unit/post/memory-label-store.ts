import type { LabelStore } from '../../../src/post/files.ts'

/** Thrown by {@link MemoryLabelStore} where its power is set to fail. */
export class PowerCut extends Error {
  override readonly name = 'PowerCut'
}

/**
 * Label store in memory that can die: after `bytesLeft` bytes, in the middle of whatever is being
 * written. A cut text write leaves the old text, as the interface promises.
 */
export class MemoryLabelStore implements LabelStore {
  readonly files = new Map<number, Uint8Array>()
  readonly texts = new Map<string, string>()
  bytesLeft = Infinity

  list(): Promise<number[]> {
    return Promise.resolve([...this.files.keys()].reverse())
  }

  size(file: number): Promise<number> {
    return Promise.resolve(this.files.get(file)?.length ?? 0)
  }

  read(file: number, offsetBytes: number, length: number): Promise<Uint8Array> {
    const bytes = this.files.get(file) ?? new Uint8Array(0)
    return Promise.resolve(bytes.slice(offsetBytes, offsetBytes + length))
  }

  async write(file: number, offsetBytes: number, bytes: Uint8Array): Promise<void> {
    const old = this.files.get(file) ?? new Uint8Array(0)
    if (offsetBytes > old.length) throw new Error('write past the end')
    const kept = bytes.subarray(0, Math.min(bytes.length, this.bytesLeft))
    const whole = new Uint8Array(Math.max(old.length, offsetBytes + kept.length))
    whole.set(old)
    whole.set(kept, offsetBytes)
    this.files.set(file, whole)
    this.#spend(bytes.length)
  }

  async truncate(file: number, sizeBytes: number): Promise<void> {
    const whole = new Uint8Array(sizeBytes)
    whole.set((this.files.get(file) ?? new Uint8Array(0)).subarray(0, sizeBytes))
    this.files.set(file, whole)
  }

  flush(): Promise<void> {
    return Promise.resolve()
  }

  async remove(file: number): Promise<void> {
    this.files.delete(file)
  }

  getText(name: string): Promise<string | undefined> {
    return Promise.resolve(this.texts.get(name))
  }

  async putText(name: string, text: string): Promise<void> {
    this.#spend(text.length)
    this.texts.set(name, text)
  }

  async removeText(name: string): Promise<void> {
    this.texts.delete(name)
  }

  #spend(bytes: number): void {
    if (bytes > this.bytesLeft) {
      this.bytesLeft = 0
      throw new PowerCut('power cut')
    }
    this.bytesLeft -= bytes
  }
}
