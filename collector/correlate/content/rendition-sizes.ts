import type { JoinedRequest } from '../../model/joined-request.ts';
import { bodyBytesOf, isDelivered } from '../join/request-halves.ts';
import { renditionOf } from './segment-identity.ts';

/** One scene is twice as large as the next; so many objects of one rendition are about its rate, more are it better. */
const ENOUGH = 3;

/** Whole objects of one rendition that came one after the other, and how large they are together. */
export type Sizes = { readonly rendition: string; readonly objects: number; readonly bytes: number };

/**
 * Renditions that nobody names, told by the size of their objects: one that is taken alone may be the short end of a
 * title, so a rendition is known by several. HOT PATH: runs for every media request without CMCD.
 */
export class RenditionSizes {
  #rendition = '';
  #path = '';
  #objects = 0;
  #bytes = 0;
  /** Of the last object, which may be the last of its title. */
  #lastBytes = 0;
  /** How many are told together: the more that have been, the less often. */
  #wanted = ENOUGH;

  /** What was learnt of a rendition by now, each object once; null while it is too little. */
  add(request: JoinedRequest): Sizes | null {
    const { path } = request;
    const bytes = isDelivered(request) ? bodyBytesOf(request) : Number.NaN;
    if (!(bytes > 0) || path === this.#path) return null;
    this.#path = path;
    if (this.#rendition === '' || !path.startsWith(this.#rendition)) {
      this.#rendition = renditionOf(path);
      this.#objects = 0;
      this.#bytes = 0;
      this.#lastBytes = bytes;
      this.#wanted = ENOUGH;
      return null;
    }
    this.#objects++;
    this.#bytes += this.#lastBytes;
    this.#lastBytes = bytes;
    if (this.#objects < this.#wanted) return null;
    this.#wanted *= 2;
    const sizes = { rendition: this.#rendition, objects: this.#objects, bytes: this.#bytes };
    this.#objects = 0;
    this.#bytes = 0;
    return sizes;
  }
}
