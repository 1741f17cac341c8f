import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import type { Adapter, Gpu, NoGpu, Platform } from './platform.js';

/** Where Linux distributions put the software driver that comes with Chromium. */
const softwareDrivers = [
  '/usr/lib/chromium/vk_swiftshader_icd.json',
  '/usr/lib/chromium-browser/vk_swiftshader_icd.json',
  '/usr/lib64/chromium-browser/vk_swiftshader_icd.json',
];

type WebgpuPackage = typeof import('webgpu');
type Opened = { readonly gpu: Gpu; readonly adapter: Adapter };

// The entry must stay referenced: its devices die with it.
let opened: Promise<Opened | NoGpu> | undefined;
let conceal: (() => void) | undefined;

/** Node: the npm package `webgpu`, on a Vulkan, Metal or Direct3D driver. */
export const platform: Platform = {
  openGpu() {
    opened ??= open();
    return opened;
  },
  expose(gpu) {
    conceal ??= exposeOnNavigator(gpu);
  },
  conceal() {
    conceal?.();
    conceal = undefined;
  },
};

async function open(): Promise<Opened | NoGpu> {
  let webgpu: WebgpuPackage;
  try {
    webgpu = await import('webgpu');
  } catch (cause) {
    const message = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    return {
      reason: `the npm package webgpu does not load: ${message}`,
      remedy: 'Run `npm install webgpu`, or use native() or wasm().',
    };
  }
  // The shaders' flags and usages are read from the global object.
  Object.assign(globalThis, webgpu.globals);
  return (await openDefault(webgpu)) ?? (await openSoftware(webgpu)) ?? noAdapter;
}

const noAdapter: NoGpu = {
  reason: 'no Vulkan, Metal or Direct3D driver suits',
  remedy:
    "Install a driver of the GPU, or Chromium's software one (`apt-get install chromium libvulkan1`); or use native() or wasm().",
};

async function openDefault({ create }: WebgpuPackage): Promise<Opened | undefined> {
  // Mesa's drivers complain on the console without it.
  process.env.XDG_RUNTIME_DIR ??= tmpdir();
  const gpu = create([]) as unknown as Gpu;
  const adapter = await gpu.requestAdapter();
  return adapter ? { gpu, adapter } : undefined;
}

/** Points Vulkan, which finds drivers through the environment, at Chromium's software driver. */
async function openSoftware(webgpu: WebgpuPackage): Promise<Opened | undefined> {
  const driver = softwareDrivers.find((path) => existsSync(path));
  if (!driver || process.env.VK_ICD_FILENAMES !== undefined) return undefined;
  process.env.VK_ICD_FILENAMES = driver;
  const found = await openDefault(webgpu);
  if (!found) delete process.env.VK_ICD_FILENAMES;
  return found;
}

/** Node 20 has no navigator, later versions have one without a gpu. */
function exposeOnNavigator(gpu: Gpu): () => void {
  const global = globalThis as { navigator?: object };
  const value = { value: gpu, configurable: true };
  if (global.navigator) {
    const { navigator } = global;
    Object.defineProperty(navigator, 'gpu', value);
    return () => Reflect.deleteProperty(navigator, 'gpu');
  }
  const navigator = Object.defineProperty({ userAgent: `Node.js/${process.versions.node}` }, 'gpu', value);
  Object.defineProperty(global, 'navigator', { value: navigator, configurable: true });
  return () => Reflect.deleteProperty(global, 'navigator');
}
