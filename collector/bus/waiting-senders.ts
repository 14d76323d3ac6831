export type Outcome = 'stored' | 'full';

/** All that came between two writes wait for the second. */
type Group = PromiseWithResolvers<Outcome> & { endOffset: number };

/** Senders whose events are in a log's memory or file and not yet on the disk. One promise serves all of a group. */
export class WaitingSenders {
  #groups: Group[] = [];

  get areWaiting(): boolean {
    return this.#groups.length > 0;
  }

  /** Somebody waits for an offset that is meant. */
  wait(isMeant: (endOffset: number) => boolean): boolean {
    return this.#groups.some(({ endOffset }) => isMeant(endOffset));
  }

  /** Resolves when all before `endOffset` was dealt with; what is before `written` is in the file already. */
  waitFor(endOffset: number, written: number): Promise<Outcome> {
    let group = this.#groups.at(-1);
    if (group === undefined || group.endOffset <= written) {
      group = { ...Promise.withResolvers<Outcome>(), endOffset };
      this.#groups.push(group);
    }
    group.endOffset = endOffset;
    return group.promise;
  }

  answer(isMeant: (endOffset: number) => boolean, outcome: Outcome): void {
    const meant = this.#groups.filter(({ endOffset }) => isMeant(endOffset));
    if (meant.length === 0) return;
    this.#groups = this.#groups.filter(({ endOffset }) => !isMeant(endOffset));
    for (const { resolve } of meant) resolve(outcome);
  }
}
