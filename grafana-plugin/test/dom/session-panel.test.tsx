import { DataHoverClearEvent, DataHoverEvent, EventBusSrv, FieldType, MappingType, toDataFrame } from '@grafana/data';
import { act, fireEvent, screen, within } from '@testing-library/react';
import { describe, expect, test, vi } from 'vitest';
import { type Recorded, recordedFrame, traceFrame } from '../frames';
import { drawn, lanes, renderPanel } from './render-panel';

const show = (name: Recorded, settings?: Parameters<typeof renderPanel>[1]) =>
  renderPanel([recordedFrame(name)], settings);
const press = (key: string, more = {}) => fireEvent.keyDown(lanes(), { key, ...more });
const announced = () => screen.getByTestId('playpath announcement').textContent;
const axis = () => screen.getByTestId('playpath axis').textContent;
const facts = () => screen.getByTestId('playpath facts').textContent;

describe('what is on screen', () => {
  test('a failover: sentence, numbered incidents, lanes, legend', () => {
    show('hls-failover2.tempo');
    expect(screen.getByTestId('playpath headline')).toHaveTextContent(
      'Played with 1 quality collapse, 1 failover and 2 silent failures'
    );
    expect(screen.getByTestId('playpath headline')).toHaveTextContent(
      'edge error 97% ×2 edge-a answered 503 to 5 segments'
    );
    expect(screen.getByRole('button', { name: /Incident 2: .*failover/ })).toHaveTextContent('edge-a → edge-b · 5xx');
    for (const label of ['Player', 'Buffer', 'Rendition', 'edge-a', 'edge-b', 'origin-1']) {
      expect(screen.getAllByText(label).length).toBeGreaterThan(0);
    }
    expect(screen.getByTestId('data-testid VizLegend series Slower than realtime')).toBeInTheDocument();
    expect(facts()).toContain('clock 0 ms');
    expect(axis()).toContain('0:05');
  });

  test('the canvas: states in words, failures in numbers, a bounded number of rectangles', () => {
    show('hls-failover2.tempo');
    const { rects, texts } = drawn();
    expect(texts).toEqual(['playing', '5× 503']);
    expect(rects).toBeGreaterThan(100);
    expect(rects).toBeLessThan(700);
  });

  test('stalls by their length, in words', () => {
    show('hls-rebuffer.tempo', { width: 2000 });
    const stalled = drawn().texts.filter((text) => text.startsWith('stalled'));
    expect(stalled).toEqual(['stalled 1.17 s', 'stalled 3.03 s', 'stalled 3.01 s', 'stalled 3.06 s']);
  });

  test('missing sides are drawn and said', () => {
    show('hls-failover2-no-cdn.tempo');
    expect(drawn().texts).toEqual(
      expect.arrayContaining([
        'No CDN log line matched: requests are shown as the player saw them',
        'No origin log line matched',
      ])
    );
    expect(screen.getByTestId('playpath notes')).toHaveTextContent('No CDN log line matched');
  });

  test('wrong data gets words instead of a picture', () => {
    renderPanel([toDataFrame({ fields: [{ name: 'Time', type: FieldType.time, values: [1] }] })]);
    expect(screen.getByTestId('playpath no session')).toHaveTextContent(
      'traceID, spanID, operationName, startTime, duration are missing'
    );
  });

  test.each([
    [260, 140, false, 'Player edge-a edge-b'],
    [300, 200, false, 'Player Buffer edge-a edge-b'],
    [800, 420, true, 'Player Buffer Rendition edge-a edge-b origin-1'],
    [500, 300, false, 'Player Buffer Rendition edge-a edge-b origin-1'],
  ])('%i × %i drops what explains before what shows', (width, height, hasToolbar, labels) => {
    show('hls-failover2.tempo', { width, height });
    expect(screen.queryByTestId('playpath facts') !== null).toBe(hasToolbar);
    const shown = screen.getAllByTestId('playpath lane label').map((label) => label.firstChild?.textContent);
    expect(shown.join(' ')).toBe(labels);
    expect(screen.getByTestId('playpath headline')).toHaveTextContent(/quality collapse/);
  });

  test('an error the player reported is a mark of its own', () => {
    const frame = traceFrame([
      { name: 'session', at: 0, ms: 1000 },
      { name: 'startup', at: 0, ms: 10 },
    ]);
    const exception = {
      timestamp: frame.fields[5].values[0] + 500,
      name: 'exception',
      fields: [{ key: 'exception.message', value: 'decode failed' }],
    };
    frame.fields.find(({ name }) => name === 'logs')!.values = [[exception], null];
    renderPanel([frame]);
    press('End');
    press('End');
    expect(announced()).toBe('Player: Player error, at 0:00.5. Message decode failed.');
  });

  test('value mappings rename and recolour states', () => {
    const mappings = [{ type: MappingType.ValueToText, options: { playing: { text: 'Watching', color: 'pink' } } }];
    show('hls-failover2.tempo', { fieldConfig: { defaults: { mappings }, overrides: [] } as never });
    expect(drawn().texts).toContain('watching');
    expect(screen.getByTestId('data-testid VizLegend series Watching')).toBeInTheDocument();
  });

  test('a table for who cannot see the picture', () => {
    show('hls-rebuffer.tempo');
    const table = screen.getByRole('table', { name: /^Incidents of session/ });
    expect(within(table).getAllByRole('row')).toHaveLength(6);
    expect(within(table).getAllByRole('row')[2]).toHaveTextContent('0:18.9stall1.17 sstalled for 1.2 s');
    expect(screen.getByRole('table', { name: 'Player states' })).toHaveTextContent('Stalled');
  });
});

describe('investigating', () => {
  test('choosing an incident marks its evidence; choosing it again lets go', () => {
    show('hls-failover2.tempo');
    const incident = screen.getByRole('button', { name: /Incident 2:/ });
    fireEvent.click(incident);
    expect(incident).toHaveAttribute('aria-pressed', 'true');
    expect(screen.getByTestId('playpath chosen incident')).toHaveTextContent(
      '2 failover edge-a answered 503 to 5 segments; origin healthy; failed over to edge-b in 0.8 s. Verdict: edge error 97% · Duration: 801 ms · Failover: edge-a → edge-b (5xx, recovered) · Evidence: 6 requests'
    );
    fireEvent.click(screen.getByRole('button', { name: /Incident 2:/ }));
    expect(screen.getByRole('button', { name: /Incident 2:/ })).toHaveAttribute('aria-pressed', 'false');
  });

  test('n and p go from incident to incident and around', () => {
    show('hls-failover2.tempo');
    const chosen = () =>
      screen
        .getAllByRole('button', { pressed: true, name: /^Incident/ })
        .map((button) => button.getAttribute('aria-label')?.slice(0, 10));
    press('n');
    expect(chosen()).toEqual(['Incident 1']);
    press('n');
    expect(chosen()).toEqual(['Incident 2']);
    press('p');
    press('p');
    expect(chosen()).toEqual(['Incident 4']);
    press('Escape');
    expect(screen.queryAllByRole('button', { pressed: true, name: /^Incident/ })).toEqual([]);
  });

  test('keys walk over marks, and each is announced', () => {
    show('hls-failover2.tempo');
    press('ArrowRight');
    expect(announced()).toMatch(/^Player: Startup, at 0:00\.1/);
    press('ArrowRight');
    expect(announced()).toMatch(/^Player: Playing, at 0:00\.6/);
    press('ArrowDown');
    expect(announced()).toMatch(/^Rendition: Down to 290 kbit\/s/);
    press('ArrowDown');
    expect(announced()).toMatch(/^edge-a: /);
  });

  test('keys zoom and go back', () => {
    show('hls-failover2.tempo');
    const before = axis();
    press('+');
    press('+');
    expect(axis()).not.toBe(before);
    expect(screen.getByText('Show all')).toBeInTheDocument();
    press('0');
    expect(axis()).toBe(before);
    expect(screen.queryByText('Show all')).not.toBeInTheDocument();
  });

  test('the wheel zooms with a key held, and leaves the page its scrolling without', () => {
    show('hls-failover2.tempo');
    const before = axis();
    expect(fireEvent.wheel(lanes(), { deltaY: -500 })).toBe(true);
    expect(axis()).toBe(before);
    expect(fireEvent.wheel(lanes(), { deltaY: -500, ctrlKey: true, clientX: 300 })).toBe(false);
    expect(axis()).not.toBe(before);
  });

  test('Enter pins a request with waterfall, every attribute and copy; Escape closes it', () => {
    show('hls-failover2.tempo');
    for (const key of ['ArrowRight', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'End', 'Enter']) {
      press(key);
    }
    const pinned = screen.getByTestId('playpath pinned tooltip');
    const waterfall = within(pinned).getByTestId('playpath waterfall');
    for (const tier of ['player', 'edge', 'origin']) {
      expect(within(waterfall).getByText(tier)).toBeInTheDocument();
    }
    expect(pinned).toHaveTextContent('playpath.join.method');
    expect(within(pinned).getByRole('button', { name: 'Copy' })).toBeInTheDocument();
    fireEvent.keyDown(pinned, { key: 'Escape' });
    expect(screen.queryByTestId('playpath pinned tooltip')).not.toBeInTheDocument();
  });

  test('data links of a row are in its pinned tooltip, each once', () => {
    const frame = recordedFrame('hls-failover2.tempo');
    for (const field of frame.fields) {
      field.getLinks = ({ valueRowIndex }) => [
        { title: 'Open trace', href: `/explore?row=${valueRowIndex! > -1}`, target: '_blank', origin: field },
      ];
    }
    renderPanel([frame]);
    press('ArrowRight');
    press('Enter');
    expect(screen.getAllByRole('link', { name: 'Open trace' }).map((link) => link.getAttribute('href'))).toEqual([
      '/explore?row=true',
    ]);
  });

  test('filters by CDN, status and type', () => {
    show('hls-failover2.tempo');
    fireEvent.click(screen.getByRole('button', { name: 'Filter' }));
    const filter = screen.getByTestId('playpath filter');
    expect(within(filter).getByText('edge-a')).toBeInTheDocument();
    fireEvent.click(within(filter).getByText('Cache miss'));
    expect(screen.getByText(/^5 of 2\d shown$/)).toBeInTheDocument();
    fireEvent.click(within(filter).getByText('manifest'));
    fireEvent.click(within(filter).getByText('edge-b'));
    expect(screen.getByText(/^0 of \d+ shown$/)).toBeInTheDocument();
  });

  test('a click in the legend shows one outcome alone', () => {
    show('hls-failover2.tempo');
    fireEvent.click(within(screen.getByTestId('data-testid VizLegend series Server error (5xx)')).getByRole('button'));
    expect(screen.getByText(/^5 of \d+ shown$/)).toBeInTheDocument();
    expect(screen.getByText(/^0 of \d+ shown$/)).toBeInTheDocument();
  });

  test('two sessions are stacked on aligned begins', () => {
    renderPanel([recordedFrame('hls-failover2.tempo'), recordedFrame('hls-rebuffer.tempo')], { height: 700 });
    expect(screen.getAllByTestId('playpath session')).toHaveLength(2);
    const [a, b] = screen.getAllByTestId('playpath axis').map((element) => element.textContent);
    expect(a).toBe(b);
  });

  test('one session of two, when the options say so', () => {
    renderPanel([recordedFrame('hls-failover2.tempo'), recordedFrame('hls-rebuffer.tempo')], {
      options: { sessions: 'first' },
    });
    expect(screen.getAllByTestId('playpath session')).toHaveLength(1);
    expect(screen.getByTestId('playpath notes')).toHaveTextContent('1 more in the data, not shown');
  });
});

describe('living in a dashboard', () => {
  test('the crosshair of others is drawn, and its own is not taken for theirs', () => {
    const eventBus = new EventBusSrv();
    show('hls-failover2.tempo', { eventBus });
    const point = { time: 1_795_294_677_640 + 30_000 };
    act(() => eventBus.publish(Object.assign(new DataHoverEvent({ point }), { origin: new EventBusSrv() })));
    expect(screen.getByTestId('playpath crosshair').style.transform).toMatch(/^translateX\(5\d\d/);
    act(() => eventBus.publish(Object.assign(new DataHoverClearEvent(), { origin: new EventBusSrv() })));
    expect(screen.queryByTestId('playpath crosshair')).not.toBeInTheDocument();
  });

  test('where the keyboard points others are told', () => {
    const eventBus = new EventBusSrv();
    const told = vi.fn();
    eventBus.getStream(DataHoverEvent).subscribe(({ payload }) => told(payload.point.time));
    show('hls-failover2.tempo', { eventBus });
    press('ArrowRight');
    expect(told).toHaveBeenCalledWith(1_795_294_677_640 + 55);
  });

  test('in dashboard time a dragged part zooms the dashboard', () => {
    const { onChangeTimeRange } = show('hls-failover2.tempo', { options: { timeAxis: 'dashboard' } });
    expect(axis()).toContain('20:58:');
    fireEvent.pointerDown(lanes(), { button: 0, clientX: 100 });
    fireEvent.pointerMove(lanes(), { clientX: 300 });
    fireEvent.pointerUp(lanes(), { clientX: 300 });
    expect(onChangeTimeRange).toHaveBeenCalledTimes(1);
    const { from, to } = onChangeTimeRange.mock.calls[0][0];
    expect(to - from).toBeCloseTo((200 / (1200 - 136)) * 60_000, -2);
  });

  test('a session elsewhere in time is said to be', () => {
    const rows = [
      { name: 'session', at: 9_000_000, ms: 10 },
      { name: 'edge', at: 9_000_000, ms: 10 },
    ];
    renderPanel([traceFrame(rows)], { options: { timeAxis: 'dashboard' } });
    expect(screen.getByTestId('playpath notes')).toHaveTextContent("outside the dashboard's time range");
  });

  test('a live session grows, and what was chosen and pinned stays', () => {
    const rows = (count: number) =>
      Array.from({ length: count }, (_, index) => ({
        name: 'edge',
        id: `e${index}`,
        at: index * 1000,
        ms: 500,
        tags: { 'cdn.name': 'edge-a', 'http.response.status_code': 200 },
      }));
    const { update } = renderPanel([traceFrame(rows(5))]);
    expect(screen.getByTestId('playpath notes')).toHaveTextContent('Live or cut off');
    const before = axis();
    press('ArrowRight');
    press('Enter');
    update([traceFrame(rows(60))]);
    expect(axis()).not.toBe(before);
    expect(screen.getByTestId('playpath pinned tooltip')).toBeInTheDocument();
  });
});
