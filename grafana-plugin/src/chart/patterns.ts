import { type Pattern } from './palette';

const TILE_PX = 6;

/** Fill patterns of one canvas, made once a painting. */
export class Patterns {
  readonly #context: CanvasRenderingContext2D;
  readonly #made = new Map<string, CanvasPattern | null>();

  constructor(context: CanvasRenderingContext2D) {
    this.#context = context;
  }

  of(pattern: Pattern, color: string): CanvasPattern | null {
    if (pattern === 'none' || pattern === 'outline') {
      return null;
    }
    const key = `${pattern} ${color}`;
    const known = this.#made.get(key);
    if (known !== undefined) {
      return known;
    }
    const made = this.#make(pattern, color);
    this.#made.set(key, made);
    return made;
  }

  #make(pattern: Pattern, color: string): CanvasPattern | null {
    const tile = this.#context.canvas.ownerDocument.createElement('canvas');
    tile.width = TILE_PX;
    tile.height = TILE_PX;
    const context = tile.getContext('2d');
    if (context === null) {
      return null;
    }
    context.strokeStyle = color;
    context.fillStyle = color;
    context.lineWidth = 1.2;
    context.beginPath();
    if (pattern === 'diagonal' || pattern === 'cross') {
      context.moveTo(-1, TILE_PX + 1);
      context.lineTo(TILE_PX + 1, -1);
    }
    if (pattern === 'cross') {
      context.moveTo(-1, -1);
      context.lineTo(TILE_PX + 1, TILE_PX + 1);
    }
    if (pattern === 'bars') {
      context.moveTo(0, TILE_PX / 2);
      context.lineTo(TILE_PX, TILE_PX / 2);
    }
    if (pattern === 'dots') {
      context.fillRect(1, 1, 2, 2);
    }
    context.stroke();
    return this.#context.createPattern(tile, 'repeat');
  }
}
