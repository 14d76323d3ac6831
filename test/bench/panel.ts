// Question: How long does the panel keep the browser's main thread for a trace of 10,000 spans, beside SVG of the same?

import { tempoTraceFrame } from '../../page/frames/tempo-trace.ts';
import type { WireFrame } from '../../page/frames/wire-frame.ts';
import { multiplied } from '../grafana/frames/altered-trace.ts';
import { recordedTrace } from '../grafana/frames/recorded-trace.ts';
import { PanelPage } from '../grafana/panel-page.ts';
import { LARGE } from '../grafana/scenes.ts';

// Main-thread time is what Chromium itself counts as tasks of the page (`TaskDuration` of the DevTools protocol), from
// the moment the panel gets its data until two frames later: React, model, drawing, layout and paint together.

const ROUNDS = 5;
const MOVES = 40;
const SIZE = { width: 1200, height: 640 };

/** Milliseconds of the main thread: all of them, and those of script, style and layout. The rest is painting. */
type Cost = { readonly all: number; readonly own: number };

const frame = tempoTraceFrame(multiplied(await recordedTrace('hls-failover2'), LARGE));
const panel = await PanelPage.open('13');
try {
  const session = await panel.page.context().newCDPSession(panel.page);
  // Time of the thread, so that what else the machine does is not counted.
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const busy = async (): Promise<Cost> => {
    const { metrics } = await session.send('Performance.getMetrics');
    const ms = (wanted: string) => 1000 * (metrics.find(({ name }) => name === wanted)?.value ?? Number.NaN);
    return { all: ms('TaskDuration'), own: ms('ScriptDuration') + ms('LayoutDuration') + ms('RecalcStyleDuration') };
  };
  const taken = async (work: () => Promise<void>): Promise<Cost> => {
    await panel.paint();
    const before = await busy();
    await work();
    const after = await busy();
    return { all: after.all - before.all, own: after.own - before.own };
  };

  const idle = await medianOf(() => taken(() => panel.paint()));
  const shown = async (): Promise<Cost> => {
    await panel.prepare({ frames: [frame], ...SIZE });
    return taken(() => panel.page.evaluate(showInTask));
  };
  // What a person waits for who opens a dashboard: nothing of the panel has run before, nothing is compiled.
  const first = await medianOf(async () => {
    await panel.reload();
    await empty();
    return shown();
  });
  const again = await medianOf(async () => {
    await empty();
    return shown();
  });
  const hover = await hovering(taken, '[data-testid="playpath lanes"]');
  await empty();
  // What moving the pointer and asking for two frames costs where nothing answers.
  const still = await hovering(taken, '#root');
  const svg = await medianOf(async () => {
    await panel.reload();
    await prepareSvg(frame);
    return taken(() => panel.page.evaluate(paintSvg, SIZE));
  });
  const svgHover = await hovering(taken, 'svg.bench');
  report({
    'panel, the first trace in a new page': less(first, idle),
    'panel, another trace': less(again, idle),
    'SVG, in a new page': less(svg, idle),
    'panel, a frame while hovering': less(hover, still),
    'SVG, a frame while hovering': less(svgHover, still),
  });
} finally {
  await panel.close();
}

async function empty(): Promise<void> {
  await panel.show({ frames: [], ...SIZE });
}

/** Main-thread milliseconds of a frame in which the pointer has moved to another place of `target`. */
async function hovering(taken: (work: () => Promise<void>) => Promise<Cost>, target: string): Promise<Cost> {
  const box = (await panel.page.locator(target).first().boundingBox())!;
  const move = async (): Promise<void> => {
    for (let at = 0; at < MOVES; at += 1) {
      const [across, down] = [(at + 0.5) / MOVES, 0.2 + 0.3 * (at % 3)];
      await panel.page.mouse.move(box.x + across * box.width, box.y + down * box.height);
      await panel.paint();
    }
  };
  await move();
  const { all, own } = await taken(move);
  return { all: all / MOVES, own: own / MOVES };
}

/** The same spans as rectangles of one SVG: a row per service, a line that follows the pointer. */
async function prepareSvg({ schema, data }: WireFrame): Promise<void> {
  const column = (name: string): readonly unknown[] =>
    data.values[schema.fields.findIndex((field) => field.name === name)] ?? [];
  const spans = column('startTime').map((start, at) => ({
    start: Number(start),
    length: Number(column('duration')[at]),
    row: String(column('serviceName')[at]),
    name: String(column('operationName')[at]),
  }));
  await panel.page.evaluate((text) => {
    Object.assign(globalThis, { benchSpans: JSON.parse(text) });
  }, JSON.stringify(spans));
}

/** Runs in the page, as a task of its own: what the test tool calls directly is not counted as script. */
function showInTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(() => void globalThis.host.show().then(resolve)));
}

/** Runs in the page. */
async function paintSvg({ width, height }: { width: number; height: number }): Promise<void> {
  await new Promise<void>((resolve) => setTimeout(resolve));
  type Element = { setAttribute(name: string, value: string): void; append(...nodes: unknown[]): void };
  const { document, benchSpans, addEventListener } = globalThis as unknown as {
    document: { createElementNS(space: string, name: string): Element; body: { append(node: unknown): void } };
    benchSpans: { start: number; length: number; row: string; name: string }[];
    addEventListener(kind: string, listener: (event: { clientX: number }) => void): void;
  };
  const make = (name: string, attributes: Record<string, string | number>): Element => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
    return element;
  };
  const fromMs = Math.min(...benchSpans.map(({ start }) => start));
  const toMs = Math.max(...benchSpans.map(({ start, length }) => start + length));
  const rows = [...new Set(benchSpans.map(({ row }) => row))];
  const x = (ms: number): number => ((ms - fromMs) / (toMs - fromMs)) * width;
  const svg = make('svg', { class: 'bench', width, height, style: 'position: fixed; top: 0; left: 0; z-index: 1' });
  for (const { start, length, row, name } of benchSpans) {
    const place = {
      x: x(start),
      y: (rows.indexOf(row) * height) / rows.length,
      width: Math.max(1, x(start + length) - x(start)),
      height: height / rows.length - 4,
    };
    svg.append(make('rect', { ...place, fill: name === 'edge' ? '#73bf69' : '#5794f2' }));
  }
  const line = make('line', { y1: 0, y2: height, x1: 0, x2: 0, stroke: '#fff' });
  svg.append(line);
  document.body.append(svg);
  addEventListener('pointermove', ({ clientX }) => line.setAttribute('transform', `translate(${clientX} 0)`));
  await globalThis.host.paint();
}

async function medianOf(measure: () => Promise<Cost>): Promise<Cost> {
  const measured: Cost[] = [];
  for (let round = 0; round < ROUNDS; round += 1) measured.push(await measure());
  return median(measured);
}

/** The round in the middle of all. */
function median(costs: readonly Cost[]): Cost {
  return costs.toSorted((a, b) => a.all - b.all)[Math.floor(costs.length / 2)]!;
}

function less(cost: Cost, idle: Cost): Cost {
  return { all: cost.all - idle.all, own: cost.own - idle.own };
}

function report(figures: Readonly<Record<string, Cost>>): void {
  const rounded = (ms: number): number => Math.round(ms * 10) / 10;
  console.log(`${LARGE} spans, milliseconds of the main thread (own: script, style and layout; the rest is painting)`);
  console.table(
    Object.fromEntries(
      Object.entries(figures).map(([name, { all, own }]) => [name, { all: rounded(all), own: rounded(own) }]),
    ),
  );
}
