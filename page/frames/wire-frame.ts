/** Types of columns as Grafana's plugin SDK names them on the wire, and what Go type stands behind each. */
const GO_TYPES = {
  string: { type: 'string', typeInfo: { frame: 'string' } },
  nullableString: { type: 'string', typeInfo: { frame: 'string', nullable: true } },
  number: { type: 'number', typeInfo: { frame: 'float64' } },
  integer: { type: 'number', typeInfo: { frame: 'int64' } },
  time: { type: 'time', typeInfo: { frame: 'time.Time' } },
  json: { type: 'other', typeInfo: { frame: 'json.RawMessage' } },
  nestedFrames: { type: 'nestedFrames', typeInfo: { frame: 'json.RawMessage' } },
} as const;

export type WireField = {
  readonly name: string;
  readonly type: (typeof GO_TYPES)[keyof typeof GO_TYPES]['type'];
  readonly typeInfo: { readonly frame: string; readonly nullable?: boolean };
  readonly labels?: Readonly<Record<string, string>>;
  readonly config?: Readonly<Record<string, unknown>>;
};

/** A data frame as a data source's backend sends it (DataFrameJSON of `@grafana/data`). */
export type WireFrame = {
  readonly schema: {
    readonly name?: string;
    readonly refId?: string;
    readonly meta?: Readonly<Record<string, unknown>>;
    readonly fields: readonly WireField[];
  };
  readonly data: { readonly values: readonly (readonly unknown[])[] };
};

/** A column: its field, and how to read its value from a row. */
export type Column<Row> = readonly [
  name: string,
  type: keyof typeof GO_TYPES,
  value: (row: Row) => unknown,
  more?: Pick<WireField, 'labels' | 'config'>,
];

/** Rows as a frame; columns are arrays of equal length, as Grafana wants them. */
export function wireFrame<Row>(
  head: Omit<WireFrame['schema'], 'fields'>,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): WireFrame {
  return {
    schema: {
      ...head,
      fields: columns.map(([name, type, , more]) => ({ name, ...GO_TYPES[type], ...more })),
    },
    data: { values: columns.map(([, , value]) => rows.map(value)) },
  };
}

/** The values of the field of that name; none when there is no such field. */
export function columnOf({ schema, data }: WireFrame, name: string): readonly unknown[] {
  return data.values[schema.fields.findIndex((field) => field.name === name)] ?? [];
}
