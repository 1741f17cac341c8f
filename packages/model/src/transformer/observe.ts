import type { Tensor } from '@sofd/tensor';

/**
 * Is told the name of each intermediate on its way, and how to get at it. Layers call it; it never changes what they
 * return, and what nobody wants is not computed.
 */
export type Observe = (name: string, compute: () => Tensor) => void;
