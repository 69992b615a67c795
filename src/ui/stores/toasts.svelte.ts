export interface Toast {
  id: number
  kind: 'info' | 'good' | 'bad'
  text: string
}

const STAY_MS = 5_000
const MAX_TOASTS = 3

/** Short notes that come and go; nothing that must be read lives only here. */
export class ToastStore {
  list = $state.raw<Toast[]>([])
  #next = 0

  show(text: string, kind: Toast['kind'] = 'info'): void {
    const toast = { id: this.#next++, kind, text }
    this.list = [...this.list, toast].slice(-MAX_TOASTS)
    setTimeout(() => this.dismiss(toast.id), STAY_MS)
  }

  dismiss(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id)
  }
}
