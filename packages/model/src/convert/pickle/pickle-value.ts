import type { SafetensorsDtype } from '@sofd/tensor';

/** Everything that a pickle may become here: data, and names of what would be code, which stays a name. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | PickleValue[]
  | PickleDictionary
  | PickleRecord
  | PickleGlobal
  | PickleStorage
  | PickleTensor;

/** A dictionary; its keys are strings and numbers. */
export type PickleDictionary = Map<string | number, PickleValue>;

/** An instance of a class that only holds data, such as a configuration or a module of TorchScript. */
export interface PickleRecord {
  readonly kind: 'record';
  readonly name: string;
  readonly items: PickleDictionary;
}

/** A name of the allow-list, and what it may do. */
export interface PickleGlobal {
  readonly kind: 'global';
  readonly name: string;
  readonly role: GlobalRole;
}

/** What an allowed name stands for; nothing else can happen when a pickle calls it. */
export type GlobalRole =
  | 'dictionary'
  | 'list'
  | 'record'
  | 'tensor'
  | 'parameter'
  | { readonly storageOf: SafetensorsDtype };

/** A run of numbers somewhere in the file; tensors are views on it. */
export interface PickleStorage {
  readonly kind: 'storage';
  readonly dtype: SafetensorsDtype;
  /** Its name in the file. */
  readonly key: string;
  /** How many numbers. */
  readonly length: number;
}

/** A view on a storage. */
export interface PickleTensor {
  readonly kind: 'tensor';
  readonly storage: PickleStorage;
  /** First number in the storage. */
  readonly offset: number;
  readonly shape: readonly number[];
  /** Numbers from one element of an axis to the next. */
  readonly strides: readonly number[];
}

/** Whether a value is one of the objects that carry a kind. */
export const isKind = <Kind extends 'record' | 'global' | 'storage' | 'tensor'>(
  value: PickleValue,
  kind: Kind,
): value is Extract<PickleValue, { readonly kind: Kind }> =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind;

/** What a value is, for messages. */
export function describePickleValue(value: PickleValue | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value instanceof Map) return `a dictionary of ${value.size}`;
  if (typeof value !== 'object') return `a ${typeof value}`;
  return value.kind === 'global' || value.kind === 'record' ? value.name : `a ${value.kind}`;
}
