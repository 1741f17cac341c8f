import type { DetectionResult } from '@sofd/inference';
import type { Browser } from 'playwright';

export interface EngineComparison {
  readonly maxDifference: number;
  readonly faces: number;
  readonly device: string;
}

export interface BrowserComparison {
  readonly maxDifference: number;
  readonly engines: Readonly<Record<string, EngineComparison | { readonly failed: string }>>;
  readonly foreignRequests: readonly string[];
}

export function buildPage(): Promise<void>;

export function compareInBrowser(options: {
  readonly checkpoint: string;
  readonly photo: string;
  readonly engines?: readonly ('webgpu' | 'wasm')[];
  readonly expected: Pick<DetectionResult, 'faces'> | DetectionResult['faces'];
  readonly crop?: 'auto' | 'none';
  readonly timeoutMs?: number;
}): Promise<{ readonly skipped: string } | BrowserComparison>;

export function startChromium(): Promise<{ readonly browser: Browser } | { readonly skipped: string }>;

export function serve(
  mounted: Readonly<Record<string, string>>,
): Promise<{ readonly origin: string; close(): Promise<void> }>;
