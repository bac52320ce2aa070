// What people see: results on standard output, progress and warnings on standard error. With --json,
// standard output carries exactly one object; progress is drawn on a terminal only.
import { performance } from 'node:perf_hooks';

export interface Output {
  json: boolean;
  quiet: boolean;
}

/** Takes progress of long work; `done` and `total` in any one unit. */
export type Progress = (phase: string, done: number, total: number) => void;

const kRedrawMilliseconds = 80;
const kBarCells = 24;

export class Terminal {
  private lastDraw_ = 0;
  private drawn_ = false;

  constructor(private readonly output_: Output) {}

  /** A bar that redraws itself in one line. */
  readonly progress: Progress = (phase, done, total) => {
    if (this.output_.quiet || !process.stderr.isTTY) return;
    const now = performance.now();
    if (now - this.lastDraw_ < kRedrawMilliseconds && done < total) return;
    this.lastDraw_ = now;
    const share = total > 0 ? Math.min(1, Math.max(0, done / total)) : 0;
    const full = Math.round(share * kBarCells);
    const bar = '█'.repeat(full) + '░'.repeat(kBarCells - full);
    const percent = `${Math.floor(share * 100)}`.padStart(3);
    process.stderr.write(`\r\x1b[2K${bar} ${percent} %  ${phase}`);
    this.drawn_ = true;
  };

  /** Progress for a file that is being read. */
  reading(file: string): (done: number, total: number) => void {
    return (done, total) => this.progress(`reading ${file}`, done, total);
  }

  clearProgress(): void {
    if (!this.drawn_) return;
    process.stderr.write('\r\x1b[2K');
    this.drawn_ = false;
  }

  /** A remark that does not belong to the result. */
  note(text: string): void {
    if (this.output_.quiet || this.output_.json) return;
    this.clearProgress();
    process.stderr.write(`note: ${text}\n`);
  }

  /** The result: the object with --json, the lines otherwise. */
  result(value: object, lines: readonly string[]): void {
    this.clearProgress();
    const text = this.output_.json ? JSON.stringify(value) : lines.join('\n');
    process.stdout.write(`${text}\n`);
  }
}

/** 1234567 as "1,234,567". */
export function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** A share as "32.4 %"; "–" when there is none. */
export function percent(share: number | null | undefined): string {
  return share === null || share === undefined ? '–' : `${(share * 100).toFixed(1)} %`;
}

/** "1 order", "2 orders". */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${whole(count)} ${count === 1 ? one : many}`;
}

/** 1536000 as "1.5 MB". */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(bytes < 1e4 ? 1 : 0)} KB`;
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** Seconds since `start` (performance.now()), to a hundredth. */
export function secondsSince(start: number): number {
  return Math.round((performance.now() - start) / 10) / 100;
}
