import type { Handle, TensorflowBackend } from '../tensorflow-binding.js';

/** Handles that live as long as a tensor's data: what a gradient needs again, or the variable behind a parameter. */
export interface Keepsakes {
  put(dataId: object, name: string, handles: readonly Handle[]): void;
  look(dataId: object, name: string): readonly Handle[] | undefined;
  /** Looks, and hands over. */
  take(dataId: object, name: string): readonly Handle[] | undefined;
}

/** Hangs keepsakes on the tensors of a backend, and frees them where the backend frees the data. */
export function createKeepsakes(backend: TensorflowBackend): Keepsakes {
  const { binding } = backend;
  const kept = new WeakMap<object, Map<string, readonly Handle[]>>();
  const free = (handles: readonly Handle[]) => {
    for (const { id } of handles) binding.deleteTensor(id);
  };
  const disposeData = backend.disposeData.bind(backend);
  backend.disposeData = (dataId, force) => {
    const isFreed = disposeData(dataId, force);
    if (isFreed) {
      for (const handles of kept.get(dataId)?.values() ?? []) free(handles);
      kept.delete(dataId);
    }
    return isFreed;
  };
  return {
    put(dataId, name, handles) {
      const all = kept.get(dataId) ?? new Map<string, readonly Handle[]>();
      free(all.get(name) ?? []);
      kept.set(dataId, all.set(name, handles));
    },
    look: (dataId, name) => kept.get(dataId)?.get(name),
    take(dataId, name) {
      const handles = kept.get(dataId)?.get(name);
      kept.get(dataId)?.delete(name);
      return handles;
    },
  };
}
