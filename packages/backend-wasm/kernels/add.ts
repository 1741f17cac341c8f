import { bytesOf } from './floats';
import { loadRest, storeRest } from './simd';

/** z = x + y for a range of numbers. */
export function add(start: i32, end: i32, x: usize, y: usize, z: usize): void {
  const whole = start + ((end - start) & ~3);
  for (let i = start; i < whole; i += 4) {
    const at = bytesOf(i);
    v128.store(z + at, f32x4.add(v128.load(x + at), v128.load(y + at)));
  }
  if (whole < end) {
    const at = bytesOf(whole);
    const rest = end - whole;
    storeRest(z + at, f32x4.add(loadRest(x + at, rest), loadRest(y + at, rest)), rest);
  }
}
