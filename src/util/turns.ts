/** Runs one piece of work after another, in the order asked; one that fails does not stop the next. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve()

  /** Settles as `work` does, which begins when all that was asked for before has ended. */
  take<T>(work: () => Promise<T> | T): Promise<T> {
    const run = this.#last.then(work)
    this.#last = run.catch(() => undefined) // the caller of `run` has the failure
    return run
  }
}
