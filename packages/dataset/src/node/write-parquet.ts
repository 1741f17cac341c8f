import type { DatasetRow } from '@sofd/core';
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';

type SchemaElement = NonNullable<Parameters<typeof parquetWriteBuffer>[0]['schema']>[number];
type Kind = 'text' | 'json' | 'integer' | 'double' | 'boolean' | 'integers' | 'texts';

/** Type of every column; `?` where it may be null. Named, not guessed: a column of a split may hold nothing but nulls. */
const columns: Readonly<Record<keyof DatasetRow, Kind | `${Kind}?`>> = {
  file_name: 'text',
  id: 'text',
  label: 'text',
  manipulation: 'text',
  targets: 'integers',
  altered: 'texts',
  mode: 'text',
  region: 'text?',
  identity: 'text',
  source: 'text',
  method: 'text?',
  video: 'text?',
  frame: 'integer?',
  track: 'integer?',
  quality: 'double',
  showable: 'boolean',
  parents: 'texts',
  split: 'text',
  seed: 'text',
  mask: 'text?',
  crop: 'text',
  measured: 'json?',
};

const elements: Readonly<Record<'text' | 'json' | 'integer' | 'double' | 'boolean', Omit<SchemaElement, 'name'>>> = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  // Plain text: the readers of Parquet do not agree on its JSON type, and all of them can parse text.
  json: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  integer: { type: 'INT32' },
  double: { type: 'DOUBLE' },
  boolean: { type: 'BOOLEAN' },
};

function describeColumn(name: string, kind: Kind | `${Kind}?`): SchemaElement[] {
  const repetition_type = kind.endsWith('?') ? 'OPTIONAL' : 'REQUIRED';
  const plain = kind.replace('?', '') as Kind;
  if (plain !== 'integers' && plain !== 'texts') return [{ name, repetition_type, ...elements[plain] }];
  // The three levels that Parquet's specification asks of a list.
  return [
    { name, repetition_type, converted_type: 'LIST', num_children: 1 },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'element', repetition_type: 'REQUIRED', ...elements[plain === 'integers' ? 'integer' : 'text'] },
  ];
}

const schema: SchemaElement[] = [
  { name: 'root', num_children: Object.keys(columns).length },
  ...Object.entries(columns).flatMap(([name, kind]) => describeColumn(name, kind)),
];

const encodeValue = (value: unknown, kind: Kind | `${Kind}?`): unknown =>
  kind === 'json?' && value !== null ? JSON.stringify(value) : value;

/**
 * Writes rows as a Parquet file, a column a field; the same rows give the same bytes.
 *
 * @param rows at least one
 */
export function encodeParquet(rows: readonly DatasetRow[]): Uint8Array {
  const columnData: ColumnSource[] = (Object.keys(columns) as (keyof DatasetRow)[]).map((name) => ({
    name,
    data: rows.map((row) => encodeValue(row[name], columns[name])),
  }));
  return new Uint8Array(parquetWriteBuffer({ columnData, schema, createdBy: 'sofd' }));
}
