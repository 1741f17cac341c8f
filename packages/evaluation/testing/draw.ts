import { crc32, deflateSync } from 'node:zlib';

/** Colour of a pixel: three numbers in [0, 255]. */
export type Color = readonly [red: number, green: number, blue: number];

/** Encodes what a function says about each pixel as PNG. */
function drawPng(width: number, height: number, colorAt: (x: number, y: number) => Color): Uint8Array {
  const rows = Buffer.alloc(height * (1 + 3 * width));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) rows.set(colorAt(x, y).map(Math.round), y * (1 + 3 * width) + 1 + 3 * x);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** A drawn doll's face in unit coordinates; `region` paints one part in another colour, as a fake would. */
function dollAt(
  u: number,
  v: number,
  { hue, region }: { readonly hue: number; readonly region?: string },
): Color | null {
  const inside = (cx: number, cy: number, rx: number, ry: number) => ((u - cx) / rx) ** 2 + ((v - cy) / ry) ** 2 < 1;
  const odd: Color = [196, 120, 150];
  if (inside(0.34, 0.42, 0.075, 0.045) || inside(0.66, 0.42, 0.075, 0.045))
    return region === 'eye' ? odd : [52, 60, 78];
  if (inside(0.5, 0.72, 0.17, 0.05)) return region === 'mouth' ? odd : [150, 70, 76];
  if (inside(0.5, 0.56, 0.055, 0.09)) return region === 'nose' ? odd : [206 - hue * 30, 164, 132];
  if (!inside(0.5, 0.52, 0.36, 0.46)) return null;
  return [226 - 60 * hue - 40 * v, 186 - 40 * hue - 30 * v, 158 - 20 * v];
}

/** A doll's face on a gradient. */
export function drawCrop(hue: number, region?: string, size = 128): Uint8Array {
  const options = region === undefined ? { hue } : { hue, region };
  return drawPng(
    size,
    size,
    (x, y) => dollAt(x / size, y / size, options) ?? [90 + (80 * x) / size, 110 + 60 * hue, 150 + (70 * y) / size],
  );
}

/** White where a region is, black elsewhere. */
export function drawMask(region: string, size = 128): Uint8Array {
  const [cx, cy, rx, ry] = {
    eye: [0.5, 0.42, 0.28, 0.09],
    mouth: [0.5, 0.72, 0.2, 0.08],
    nose: [0.5, 0.56, 0.09, 0.12],
  }[region] ?? [0.5, 0.5, 0.3, 0.3];
  return drawPng(size, size, (x, y) => {
    const distance = ((x / size - cx!) / rx!) ** 2 + ((y / size - cy!) / ry!) ** 2;
    const value = 255 * Math.min(1, Math.max(0, 1.6 - distance));
    return [value, value, value];
  });
}

/** Several dolls on a gradient; boxes in pixels of the picture. */
export function drawPhoto(
  width: number,
  height: number,
  boxes: readonly { x: number; y: number; width: number; height: number }[],
): Uint8Array {
  return drawPng(width, height, (x, y) => {
    for (const [index, box] of boxes.entries()) {
      const doll = dollAt((x - box.x) / box.width, (y - box.y) / box.height, {
        hue: (index % 4) / 4,
        ...(index === 1 ? { region: 'mouth' } : {}),
      });
      if (doll) return doll;
    }
    return [70 + (60 * x) / width, 96 + (70 * y) / height, 130 + (50 * x) / width];
  });
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
