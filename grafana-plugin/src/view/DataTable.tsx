import { css } from '@emotion/css';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import { type Palette } from '../chart/palette';
import { unseen } from '../chart/unseen';
import { kindLabel } from '../model/headline';
import { formatClock, formatDuration } from '../model/numbers';
import { type SessionModel } from '../model/session-model';

type Props = { readonly id: string; readonly session: SessionModel; readonly palette: Palette };

/** A screen reader's user hears the gist here and walks the rest with the cursor; more rows cost everybody time. */
const MOST_ROWS = 50;

/** The picture as tables, for who cannot see it: incidents, states, and the requests that failed first. */
export const DataTable = React.memo(function DataTable({ id, session, palette }: Props) {
  const styles = useStyles2(getStyles);
  const at = (ms: number) => formatClock(ms - session.startMs, 1);
  const shown = session.requests.slice(0, MOST_ROWS);
  const more = session.requests.length - shown.length;
  return (
    <div id={id} className={styles.unseen}>
      <Table
        caption={`Incidents of session ${session.id}`}
        head={['Number', 'At', 'Kind', 'Duration', 'Why']}
        rows={session.incidents
          .slice(0, MOST_ROWS)
          .map(({ number, startMs, endMs, kind, sentence }) => [
            String(number),
            at(startMs),
            kindLabel(kind),
            formatDuration(endMs - startMs),
            sentence,
          ])}
      />
      <Table
        caption="Player states"
        head={['State', 'At', 'Duration']}
        rows={session.states
          .slice(0, MOST_ROWS)
          .map(({ state, startMs, endMs }) => [
            palette.swatch(state).text,
            at(startMs),
            formatDuration(endMs - startMs),
          ])}
      />
      <Table
        caption={`Requests${more > 0 ? `, the first ${MOST_ROWS} of ${session.requests.length}` : ''}`}
        head={['At', 'CDN', 'Object', 'Outcome', 'Duration', 'First byte']}
        rows={shown.map((request) => [
          at(request.startMs),
          request.cdn,
          `${request.objectType} ${request.path}`,
          `${palette.swatch(request.outcome).text}${request.isSlow ? ', slower than realtime' : ''}`,
          formatDuration(request.endMs - request.startMs),
          formatDuration(request.ttfbMs),
        ])}
      />
    </div>
  );
});

function Table({ caption, head, rows }: { caption: string; head: readonly string[]; rows: readonly string[][] }) {
  return (
    <table>
      <caption>{caption}</caption>
      <thead>
        <tr>
          {head.map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((cells, row) => (
          <tr key={row}>
            {cells.map((cell, column) => (
              <td key={head[column]}>{cell}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const getStyles = () => ({ unseen: css(unseen) });
