import { InvalidArgumentError } from 'commander';
import type { RootMapping } from './queue/queue-job.js';

/** Any number. */
export const parseNumber = (text: string): number => {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('expected a number.');
  return value;
};

/** A whole number, 0 or more. */
export const parseCount = (text: string): number => {
  const value = parseNumber(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError('expected a whole number, 0 or more.');
  return value;
};

/** A whole number, 1 or more. */
export const parsePositive = (text: string): number => {
  const value = parseCount(text);
  if (value === 0) throw new InvalidArgumentError('expected 1 or more.');
  return value;
};

/** `FROM=TO`, added to those before. */
export const parseRoot = (text: string, before: readonly RootMapping[]): RootMapping[] => {
  const [, from, to] = /^(.+?)=(.+)$/.exec(text) ?? [];
  if (from === undefined || to === undefined) throw new InvalidArgumentError('expected FROM=TO.');
  return [...before, { from, to }];
};

/** Names that are separated by commas. */
export const parseNames = (text: string): string[] => text.split(',').map((name) => name.trim());

/** Texts of an option that may be given several times. */
export const collect = (text: string, before: readonly string[]): string[] => [...before, text];
