/**
 * How far long work has come, on standard error: a bar that redraws itself on a terminal, a plain line now and then
 * elsewhere (a log file, a CI job), so that standard output stays what the command was asked for.
 */

/** Where progress is written: standard error. */
export interface ProgressTerminal {
  readonly isTty: boolean;
  /** Columns of the terminal, where it has any. */
  readonly columns?: number | undefined;
  readonly write: (text: string) => unknown;
}

export interface ProgressOptions {
  readonly terminal: ProgressTerminal;
  /** What is being done, e.g. `replay`; shown as given. */
  readonly label: string;
  /** Units in all; absent where that is not known. */
  readonly total?: number | undefined;
  /** Name of the units, e.g. `messages`; `bytes` are shown as kB, MB, GB. */
  readonly unit: string;
  /** Milliseconds that only ever rise; `performance.now` unless told. */
  readonly now?: () => number;
  /** Least milliseconds between two draws: 100 on a terminal and 10,000 elsewhere unless told. */
  readonly everyMs?: number;
}

export interface Progress {
  /** `done` units are behind us; `note` is shown beside. Cheap enough to be called for each unit. */
  update(done: number, note?: string): void;
  /** Takes the bar away and leaves one line that says what was done in which time. Once; later calls do nothing. */
  done(): void;
}

const BAR_CELLS = 24;
/** Of a terminal that does not tell. */
const COLUMNS = 80;
const REDRAW_MS = 100;
const LINE_MS = 10_000;
const CLEAR_LINE = '\r\u001b[2K';

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Powers of a thousand: `812 B`, `4.2 MB`. */
function byteCount(bytes: number): string {
  let amount = bytes;
  let power = 0;
  while (amount >= 1000 && power < BYTE_UNITS.length - 1) {
    amount /= 1000;
    power += 1;
  }
  return `${power === 0 ? amount.toFixed(0) : amount.toFixed(1)} ${BYTE_UNITS[power] ?? 'B'}`;
}

/** `4 s`, `3 min 20 s`, `2 h 05 min`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${String(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  const two = (n: number): string => String(n).padStart(2, '0');
  if (minutes < 60) return `${String(minutes)} min ${two(seconds % 60)} s`;
  return `${String(Math.floor(minutes / 60))} h ${two(minutes % 60)} min`;
}

export const createProgress = (options: ProgressOptions): Progress => new Bar(options);

class Bar implements Progress {
  readonly #options: ProgressOptions;
  readonly #now: () => number;
  readonly #amount: (units: number) => string;
  readonly #everyMs: number;
  readonly #startedAt: number;
  #drawnAt: number;
  #units = 0;
  #note = '';
  #over = false;

  constructor(options: ProgressOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#amount =
      options.unit === 'bytes' ? byteCount : (units) => `${grouped.format(units)} ${options.unit}`;
    this.#everyMs = options.everyMs ?? (options.terminal.isTty ? REDRAW_MS : LINE_MS);
    this.#startedAt = this.#now();
    this.#drawnAt = options.terminal.isTty ? Number.NEGATIVE_INFINITY : this.#startedAt;
  }

  update(done: number, note = ''): void {
    this.#units = done;
    this.#note = note;
    if (this.#over) return;
    const now = this.#now();
    if (now - this.#drawnAt < this.#everyMs) return;
    this.#drawnAt = now;
    this.#draw(now - this.#startedAt);
  }

  done(): void {
    if (this.#over) return;
    this.#over = true;
    const { terminal, label } = this.#options;
    const elapsed = this.#now() - this.#startedAt;
    const line = `${label}: ${this.#amount(this.#units)}${this.#aside()} in ${duration(elapsed)}${this.#rate(elapsed)}\n`;
    terminal.write(terminal.isTty ? `${CLEAR_LINE}${line}` : line);
  }

  #draw(elapsed: number): void {
    const { terminal } = this.#options;
    const text = this.#text(elapsed);
    if (!terminal.isTty) {
      terminal.write(`${text}\n`);
      return;
    }
    // A line that wraps could not be taken back. Terminals of containers and recordings have no columns.
    const columns = terminal.columns === undefined || terminal.columns === 0 ? COLUMNS : terminal.columns;
    terminal.write(`${CLEAR_LINE}${text.slice(0, Math.max(1, columns - 1))}`);
  }

  #text(elapsed: number): string {
    const { label, total, terminal } = this.#options;
    const after = `${this.#aside()}${this.#rate(elapsed)}`;
    if (total === undefined || total <= 0) return `${label}: ${this.#amount(this.#units)}${after}`;
    const part = Math.min(1, Math.max(0, this.#units / total));
    const left = part > 0 && part < 1 ? `, ${duration((elapsed / part) * (1 - part))} left` : '';
    const percent = `${String(Math.floor(part * 100))} %`;
    const count = `${this.#amount(this.#units)} of ${this.#amount(total)}${after}${left}`;
    if (!terminal.isTty) return `${label}: ${percent}, ${count}`;
    const full = Math.floor(part * BAR_CELLS);
    return `${label}  ${'█'.repeat(full)}${'░'.repeat(BAR_CELLS - full)} ${percent.padStart(5)}  ${count}`;
  }

  #aside(): string {
    return this.#note === '' ? '' : ` (${this.#note})`;
  }

  #rate(elapsed: number): string {
    if (elapsed < 1 || this.#units === 0) return '';
    return `, ${this.#amount((this.#units / elapsed) * 1000)}/s`;
  }
}
