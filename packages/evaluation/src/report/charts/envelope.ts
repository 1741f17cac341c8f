type Point = readonly [x: number, y: number];

/**
 * Thins a curve without losing its spikes: of each of equally long stretches the lowest and the highest point stay, in
 * their order, besides the first and the last point.
 *
 * @param points - x ascending
 * @param maxPoints - how many stay at most, but for the first and the last; fewer points are returned as they are
 */
export function takeEnvelope(points: readonly Point[], maxPoints: number): readonly Point[] {
  if (points.length <= maxPoints) return points;
  const stretches = Math.max(1, Math.floor(maxPoints / 2));
  const kept = new Set([0, points.length - 1]);
  for (let stretch = 0; stretch < stretches; stretch++) {
    const end = Math.floor(((stretch + 1) * points.length) / stretches);
    let lowest = Math.floor((stretch * points.length) / stretches);
    let highest = lowest;
    for (let index = lowest + 1; index < end; index++) {
      if (points[index]![1] < points[lowest]![1]) lowest = index;
      if (points[index]![1] > points[highest]![1]) highest = index;
    }
    kept.add(lowest).add(highest);
  }
  return [...kept].sort((a, b) => a - b).map((index) => points[index]!);
}
