import { STREAM_TYPES, type StreamType } from '../model/media.ts';
import type { CatalogueEntry } from './catalogue.ts';

/** Entries that were read, and how many records had no content id. */
export type CatalogueText = { readonly entries: readonly CatalogueEntry[]; readonly refused: number };

const LONGEST_TEXT = 300;

/**
 * Reads a catalogue: a JSON array of objects, or CSV (RFC 4180) whose first line names the columns. Names are those of
 * the columns of `sessions`: content_id, title, show, season, episode, producer, distributor, category, stream_type,
 * duration_seconds. Others are left alone, because catalogues hold much more. Null when it is neither.
 */
export function readCatalogue(text: string): CatalogueText | null {
  const plain = text.replace(/^\uFEFF/, '');
  const records = /^\s*\[/.test(plain) ? jsonRecords(plain) : csvRecords(plain);
  if (records === null) return null;
  const entries = records.map(entryOf).filter((entry) => entry !== null);
  return { entries, refused: records.length - entries.length };
}

type CatalogueRecord = Readonly<Record<string, unknown>>;

function entryOf(record: CatalogueRecord): CatalogueEntry | null {
  const contentId = textIn(record, 'content_id');
  if (contentId === '') return null;
  return {
    contentId,
    title: textIn(record, 'title'),
    show: textIn(record, 'show'),
    season: textIn(record, 'season'),
    episode: textIn(record, 'episode'),
    producer: textIn(record, 'producer'),
    distributor: textIn(record, 'distributor'),
    category: textIn(record, 'category'),
    streamType: streamTypeIn(record),
    durationSeconds: Number.parseFloat(textIn(record, 'duration_seconds')),
  };
}

function textIn(record: CatalogueRecord, name: string): string {
  const value = record[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value).trim().slice(0, LONGEST_TEXT) : '';
}

function streamTypeIn(record: CatalogueRecord): StreamType {
  const text = textIn(record, 'stream_type').toLowerCase();
  return STREAM_TYPES.find((known) => known === text) ?? '';
}

function jsonRecords(text: string): readonly CatalogueRecord[] | null {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value)
      ? value.map((one: unknown) => (typeof one === 'object' && one !== null ? (one as CatalogueRecord) : {}))
      : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function csvRecords(text: string): readonly CatalogueRecord[] | null {
  const [names, ...rows] = csvRows(text);
  if (names === undefined || !names.includes('content_id')) return null;
  return rows.map((cells) => Object.fromEntries(names.map((name, index) => [name, cells[index] ?? ''])));
}

/** Quoted cells may hold commas, line breaks and doubled quotes. */
function csvRows(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const match of text.matchAll(/("(?:[^"]|"")*"|[^",\r\n]*)(,|\r?\n|$)/g)) {
    const [whole, cell = '', end = ''] = match;
    if (whole === '' && row.length === 0) break;
    row.push(cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell);
    if (end === ',') continue;
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
  }
  return rows;
}
