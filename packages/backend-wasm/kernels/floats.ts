/** The bytes of so many floats. */
// @ts-ignore: decorator
@inline
export function bytesOf(floats: i32): usize {
  return <usize>floats << 2;
}
