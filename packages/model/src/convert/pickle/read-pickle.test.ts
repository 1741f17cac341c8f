import { CheckpointFormatError } from '@sofd/core';
import { describe, expect, it } from 'vitest';
import { readPickle } from './read-pickle.js';
import { PickleEndError } from './reader.js';

/** A pickle from text and bytes; `\n` ends a name. */
const pickle = (...parts: readonly (string | readonly number[])[]): Uint8Array =>
  Uint8Array.from(
    parts.flatMap((part) => (typeof part === 'string' ? [...part].map((char) => char.charCodeAt(0)) : [...part])),
  );
const proto = [0x80, 2];
const text = (value: string): string => `X${String.fromCharCode(value.length)}\0\0\0${value}`;

describe('a pickle', () => {
  it.each([
    ['nothing', 'N', null],
    ['truth', [0x88], true],
    ['small numbers', 'K\x07', 7],
    ['negative numbers', ['J'.charCodeAt(0), 0xfe, 0xff, 0xff, 0xff], -2],
    ['long numbers', [0x8a, 2, 0x00, 0xff], -256],
    ['very long numbers', [0x8a, 9, 0, 0, 0, 0, 0, 0, 0, 0, 1], 2n ** 64n],
    ['fractions', ['G'.charCodeAt(0), 0x3f, 0xe0, 0, 0, 0, 0, 0, 0], 0.5],
    ['text', text('abc'), 'abc'],
    ['lists', '](K\x01K\x02e', [1, 2]],
    ['tuples', '(K\x01K\x02t', [1, 2]],
    ['dictionaries', `}${text('a')}K\x01s`, new Map([['a', 1]])],
    ['values that are used twice', `]q\0h\0${String.fromCharCode(0x86)}`, [[], []]],
  ] as const)('of %s is data', (_, body, value) => {
    expect(readPickle(pickle(proto, body, '.')).value).toEqual(value);
  });

  it('says how long it is', () => {
    expect(readPickle(pickle(proto, 'N.', 'something else')).length).toBe(4);
  });

  it('that ends early says so, wherever it ends', () => {
    const whole = pickle(proto, `}${text('abc')}`, 'ccollections\nOrderedDict\n)Rs.');
    expect(readPickle(whole).value).toEqual(new Map([['abc', new Map()]]));
    for (let length = 0; length < whole.length; length++) {
      expect(() => readPickle(whole.subarray(0, length))).toThrow(PickleEndError);
    }
  });
});

describe('a malicious pickle', () => {
  it.each([
    ['os.system', 'cos\nsystem\n(X\x02\0\0\0idtR.'],
    ['posix.system', 'cposix\nsystem\n(X\x02\0\0\0idtR.'],
    ['subprocess.Popen', 'csubprocess\nPopen\n(X\x02\0\0\0idtR.'],
    ['builtins.eval', 'cbuiltins\neval\n(X\x01\0\0\x001tR.'],
    ['builtins.exec', 'cbuiltins\nexec\n(X\x01\0\0\x001tR.'],
    ['__builtin__.getattr', 'c__builtin__\ngetattr\n.'],
    ['torch.load', 'ctorch\nload\n.'],
    ['torch._utils._rebuild_wrapper_subclass', 'ctorch._utils\n_rebuild_wrapper_subclass\n.'],
    ['numpy.core.multiarray._reconstruct', 'cnumpy.core.multiarray\n_reconstruct\n.'],
    ['nt.__torch__.x', 'cnt\n__torch__.x\n.'],
  ])('is refused by the name of its global: %s', (name, body) => {
    expect(() => readPickle(pickle(proto, body))).toThrow(CheckpointFormatError);
    expect(() => readPickle(pickle(proto, body))).toThrow(`the global ${name};`);
  });

  it('is refused by name also where the name is put together on the stack', () => {
    const body = ['\x8c\x02os\x8c\x06system\x93(\x8c\x02idtR.'];
    expect(() => readPickle(pickle([0x80, 4], ...body))).toThrow('the global os.system;');
  });

  it.each([
    ['an instance by class and arguments', '(ios\nsystem\n.'],
    ['an object by class and arguments', '(cos\nsystem\no.'],
    ['a persistent id as text', 'Pid\n.'],
    ['an extension code', '\x82\x01.'],
    ['a byte string', 'C\x01a.'],
    ['a text number', 'I1\n.'],
    ['an out-of-band buffer', '\x97.'],
    ['keyword arguments', '\x92.'],
  ])('with an operation that builds no data is refused: %s', (_, body) => {
    expect(() => readPickle(pickle(proto, body))).toThrow(CheckpointFormatError);
  });

  const storage = `(${text('storage')}ctorch\nFloatStorage\n${text('0')}${text('cpu')}K\x04tQ`;
  const rebuild = 'ctorch._utils\n_rebuild_tensor_v2\n';
  it.each([
    ['calls a class', 'cargparse\nNamespace\n)R.'],
    ['calls a number', 'K\x01)R.'],
    ['makes an object of a function', `${rebuild})\x81.`],
    ['gives an object other attributes than a dictionary', 'cargparse\nNamespace\n)\x81K\x01b.'],
    ['gives a number attributes', 'K\x01}b.'],
    ['takes from an empty stack', '0.'],
    ['takes from below a mark', 'N(0.'],
    ['has no mark', 't.'],
    ['ends without a value', '.'],
    ['ends with two values', 'NN.'],
    ['ends within a mark', 'N(.'],
    ['recalls what was never kept', 'h\x07.'],
    ['adds to no list', 'NNa.'],
    ['has a key that is a list', '}]Ns.'],
    ['has a key without a value', '}(Nu.'],
    ['has a tensor of no storage', `${rebuild}(NK\0))\x89NtR.`],
    ['has a tensor beyond its storage', `${rebuild}(${storage}K\x01(K\x04t(K\x01t\x89NtR.`],
    ['repeats a storage without end', `${rebuild}(${storage}K\0(J\xff\xff\xff\x7fJ\xff\xff\xff\x7ft(K\0K\0t\x89NtR.`],
    ['has a tensor of negative size', `${rebuild}(${storage}K\0(J\xff\xff\xff\xfft(K\x01t\x89NtR.`],
    ['has a storage that is no storage', '(K\x01K\x02tQ.'],
    ['has one storage in two lengths', `${storage}0${storage.replace('K\x04', 'K\x05')}.`],
    ['has an absurd length of text', 'X\xff\xff\xff\xff.'],
    ['has an absurd length of text in eight bytes', '\x8d\xff\xff\xff\xff\xff\xff\xff\xff.'],
    ['has a name without end', `c${'a'.repeat(5000)}`],
    ['is of a protocol to come', '\x80\x06N.'],
    ['has text that is not UTF-8', 'X\x01\0\0\0\xff.'],
  ])('is refused where it %s', (_, body) => {
    expect(() => readPickle(pickle(proto, body))).toThrow(CheckpointFormatError);
  });

  it('cannot ask for more objects than a real one has', () => {
    const dictionaries = new Uint8Array(600_000).fill('}'.charCodeAt(0));
    expect(() => readPickle(dictionaries)).toThrow('at most 500000 objects');
  });

  it('cannot ask for many copies of one large list or dictionary', () => {
    const items = `(${'N'.repeat(100_000)}t`;
    const copies = `c__builtin__\nset\nq\x01${items}\x85q\x0000${'h\x01h\0R0'.repeat(50_000)}N.`;
    expect(readPickle(pickle(proto, copies)).value).toBe(null);
    const large = `}(${Array.from({ length: 250 }, (_, key) => `K${String.fromCharCode(key)}N`).join('')}u`;
    const states = `${large}q\0${'0cargparse\nNamespace\n)\x81h\0b'.repeat(3000)}.`;
    expect(() => readPickle(pickle(proto, states))).toThrow('at most 500000 objects');
  });
});
