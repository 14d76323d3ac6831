import type { StoreAnswer } from '../store/store.ts';

export type FrameFieldType = 'time' | 'number' | 'string' | 'boolean';

/** Grafana's data frame as its data sources exchange it: https://grafana.com/developers/dataplane */
export type DataFrame = {
  readonly schema: {
    readonly name: string;
    /** Grafana shows notices at the corner of a panel. */
    readonly meta?: { readonly notices: readonly { readonly severity: 'info'; readonly text: string }[] };
    readonly fields: readonly { readonly name: string; readonly type: FrameFieldType; readonly config: FieldConfig }[];
  };
  readonly data: { readonly values: readonly (readonly unknown[])[] };
};

type FieldConfig = { readonly unit?: string };

/** Numbers end in their unit. */
const UNITS: readonly (readonly [suffix: RegExp, unit: string])[] = [
  [/_seconds$/, 's'],
  [/(^|_)bytes$/, 'bytes'],
  [/_ratio$/, 'percentunit'],
  [/_bits_per_second$/, 'bps'],
];

/** An answer as columns; times are Unix ms, lists of texts are one text. `notes`: what to know when reading it. */
export function dataFrame(name: string, { columns, rows }: StoreAnswer, notes: readonly string[] = []): DataFrame {
  const kinds = columns.map(({ type }) => fieldType(type));
  return {
    schema: {
      name,
      ...(notes.length > 0 ? { meta: { notices: notes.map((text) => ({ severity: 'info', text })) } } : {}),
      fields: columns.map((column, index) => ({
        name: column.name,
        type: kinds[index] ?? 'string',
        config: configOf(column.name),
      })),
    },
    data: { values: columns.map((_, index) => rows.map((row) => cellOf(row[index], kinds[index] ?? 'string'))) },
  };
}

/** The same as one object a row; lists stay lists. */
export function rowObjects({ columns, rows }: StoreAnswer): readonly Readonly<Record<string, unknown>>[] {
  const kinds = columns.map(({ type }) => fieldType(type));
  return rows.map((row) =>
    Object.fromEntries(
      columns.map(({ name }, index) => {
        const cell = row[index];
        return [name, Array.isArray(cell) ? cell : cellOf(cell, kinds[index] ?? 'string')];
      }),
    ),
  );
}

/** RFC 4180, with times in ISO 8601. A text that a spreadsheet would take for a formula begins with an apostrophe. */
export function csv({ columns, rows }: StoreAnswer): string {
  const kinds = columns.map(({ type }) => fieldType(type));
  const lines = rows.map((row) =>
    row.map((cell, index) => csvCell(cellOf(cell, kinds[index] ?? 'string'), kinds[index])),
  );
  return `${[columns.map(({ name }) => name), ...lines].map((cells) => cells.join(',')).join('\r\n')}\r\n`;
}

export function fieldType(type: string): FrameFieldType {
  const plain = type.replace(/^(?:Nullable|LowCardinality)\((?:Nullable\()?/, '');
  if (/^DateTime/.test(plain)) return 'time';
  if (/^(?:U?Int|Float|Decimal)/.test(plain)) return 'number';
  return /^Bool/.test(plain) ? 'boolean' : 'string';
}

export function unitOf(name: string): string {
  return UNITS.find(([suffix]) => suffix.test(name))?.[1] ?? '';
}

function configOf(name: string): FieldConfig {
  const unit = unitOf(name);
  return unit === '' ? {} : { unit };
}

function cellOf(cell: unknown, kind: FrameFieldType): unknown {
  if (cell === null || cell === undefined) return null;
  if (kind === 'time') return Math.round(Number(cell) * 1000);
  return Array.isArray(cell) ? cell.join(', ') : cell;
}

function csvCell(cell: unknown, kind: FrameFieldType | undefined): string {
  if (cell === null) return '';
  if (kind === 'time') return new Date(cell as number).toISOString();
  if (typeof cell !== 'string') return String(cell);
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
