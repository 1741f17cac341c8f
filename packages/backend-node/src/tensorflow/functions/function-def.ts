import { bytesField, encode, type Message, mapField, messageField, numberField, textField } from './protobuf.js';

/** A tensor inside a function. */
export interface Node {
  /** How other nodes name it: an argument's name, or node, output and index. */
  readonly output: string;
}

/** The types of TensorFlow that functions use. */
export const dataTypes = { float: 1, int32: 3, resource: 20 } as const;

/** A value of an attribute of an operation: type, flag, number, text, or a constant's tensor. */
export type Attribute =
  | { readonly type: keyof typeof dataTypes }
  | { readonly flag: boolean }
  | { readonly number: number }
  | { readonly text: string }
  | { readonly tensor: Float32Array | Int32Array; readonly shape: readonly number[] };

/** What a node is made of. */
export interface NodeSpec {
  readonly op: string;
  readonly inputs: readonly Node[];
  /** Nodes that have to run before, though they give it nothing. */
  readonly after?: readonly Node[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
}

/** A function of TensorFlow that is being written down. */
export interface FunctionWriter {
  /** Adds an operation with outputs of one name. One that has none returns a node that others can only come after. */
  add(spec: NodeSpec, output: string, count?: number): Node[];
  /**
   * Ends the function.
   *
   * @returns the bytes of its `FunctionDef`
   */
  finish(outputs: readonly Node[], attributes?: Readonly<Record<string, Attribute>>): Uint8Array;
}

/** The arguments of a function, by their type. */
export type ArgumentTypes = Readonly<Record<string, keyof typeof dataTypes>>;

/** Arguments that are all floats. */
export const floats = (...names: readonly string[]): ArgumentTypes =>
  Object.fromEntries(names.map((name) => [name, 'float']));

// The numbers of the fields are those of tensorflow/core/framework/*.proto, which stay.
const argument = (name: string, type: keyof typeof dataTypes): Message => [
  ...textField(1, name),
  ...numberField(3, dataTypes[type]),
];

function encodeAttribute(attribute: Attribute): Message {
  if ('type' in attribute) return numberField(6, dataTypes[attribute.type]);
  if ('flag' in attribute) return numberField(5, attribute.flag);
  if ('number' in attribute) return numberField(3, attribute.number);
  if ('text' in attribute) return textField(2, attribute.text);
  const { tensor, shape } = attribute;
  const dimensions = shape.flatMap((size) => messageField(2, numberField(1, size)));
  return messageField(8, [
    ...numberField(1, tensor instanceof Int32Array ? dataTypes.int32 : dataTypes.float),
    ...messageField(2, dimensions),
    ...bytesField(4, new Uint8Array(tensor.buffer, tensor.byteOffset, tensor.byteLength)),
  ]);
}

const encodeAttributes = (attributes: Readonly<Record<string, Attribute>>): Record<string, Message> =>
  Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, encodeAttribute(value)]));

/**
 * Begins a function.
 *
 * @param name - letters, digits and underscores.
 * @param types - its arguments in order.
 */
export function writeFunction(name: string, types: ArgumentTypes): FunctionWriter {
  const nodes: Message[] = [];
  return {
    add({ op, inputs, after = [], attributes = {} }, output, count = 1) {
      const node = `n${nodes.length}`;
      const controls = after.map((other) => `^${other.output.split(':')[0]}`);
      nodes.push([
        ...textField(1, node),
        ...textField(2, op),
        ...[...inputs.map((input) => input.output), ...controls].flatMap((input) => textField(3, input)),
        ...mapField(5, encodeAttributes(attributes)),
      ]);
      return Array.from({ length: count }, (_, i) => ({ output: `${node}:${output}:${i}` }));
    },
    finish(outputs, attributes = {}) {
      const names = outputs.map((_, i) => `out${i}`);
      const signature = [
        ...textField(1, name),
        ...Object.entries(types).flatMap(([key, type]) => messageField(2, argument(key, type))),
        ...names.flatMap((key) => messageField(3, argument(key, 'float'))),
      ];
      const results = outputs.flatMap(({ output }, i) =>
        messageField(4, [...textField(1, names[i] as string), ...textField(2, output)]),
      );
      return encode([
        ...messageField(1, signature),
        ...nodes.flatMap((node) => messageField(3, node)),
        ...results,
        ...mapField(5, encodeAttributes(attributes)),
      ]);
    },
  };
}
