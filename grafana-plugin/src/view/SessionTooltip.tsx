import { css } from '@emotion/css';
import { type GrafanaTheme2, type LinkModel, textUtil } from '@grafana/data';
import { ClipboardButton, IconButton, Portal, useStyles2 } from '@grafana/ui';
import React, { useEffect, useMemo, useRef } from 'react';
import { type Description, type Fact } from '../chart/describe';
import { type Hover } from '../chart/hover';
import { type Palette } from '../chart/palette';
import { type Span } from '../model/span';
import { Waterfall } from './Waterfall';

type Props = {
  readonly x: number;
  readonly y: number;
  /** Which way there is room, in the viewport. */
  readonly opens: Hover['opens'];
  readonly isPinned: boolean;
  readonly time: string;
  /** Null over an empty part of a lane. */
  readonly about: Description | null;
  readonly color: string;
  readonly others: readonly Fact[];
  readonly links: readonly LinkModel[];
  readonly palette: Palette;
  readonly maxHeight?: number;
  readonly maxWidth?: number;
  readonly onClose: () => void;
};

/** Beside the pointer what matters; pinned everything there is to know, to copy and to follow. */
export function SessionTooltip({
  x,
  y,
  opens,
  isPinned,
  time,
  about,
  color,
  others,
  links,
  palette,
  maxHeight,
  maxWidth,
  onClose,
}: Props) {
  const styles = useStyles2(getStyles);
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isPinned) {
      ref.current?.focus();
    }
  }, [isPinned]);
  const close = (event: React.KeyboardEvent) => {
    if (event.key === 'Escape') {
      event.stopPropagation();
      onClose();
    }
  };
  const body = useMemo(
    () => (
      <>
        <div className={styles.head}>
          <span className={styles.swatch} style={{ background: color }} />
          <strong className={styles.title}>{about?.title ?? time}</strong>
          {isPinned && <IconButton name="times" size="sm" aria-label="Close details" onClick={onClose} />}
        </div>
        {about && <Facts facts={[['Time', time], ...about.facts]} />}
        {about?.request && isPinned && <Waterfall request={about.request} palette={palette} />}
        {others.length > 0 && <Facts facts={others} />}
        {isPinned && about && <Details about={about} links={links} />}
        {!isPinned && about && <div className={styles.hint}>Click to keep and see everything</div>}
      </>
    ),
    [styles, color, about, time, isPinned, onClose, palette, others, links]
  );
  return (
    <Portal>
      <div
        className={styles.box}
        // While it follows the pointer it is a layer of its own, which repaints nothing when it moves.
        style={{
          transform: placeOf(x, y, opens),
          ...(isPinned ? {} : { pointerEvents: 'none', willChange: 'transform' }),
        }}
      >
        {isPinned ? (
          <div
            ref={ref}
            className={styles.pinned}
            style={{ maxHeight, maxWidth }}
            role="dialog"
            aria-label={about?.title ?? 'Details'}
            tabIndex={-1}
            onKeyDown={close}
            data-testid="playpath pinned tooltip"
          >
            {body}
          </div>
        ) : (
          <div className={styles.loose} style={{ maxHeight, maxWidth }} data-testid="playpath tooltip">
            {body}
          </div>
        )}
      </div>
    </Portal>
  );
}

const OFFSET_PX = 12;

/** Beside the point, towards where there is room. Nothing is measured, for measuring costs every move a second drawing. */
function placeOf(x: number, y: number, opens: Hover['opens']): string {
  // Whole pixels, or its words are blurred.
  const [left, shiftX] = opens.right ? [Math.round(x) + OFFSET_PX, '0'] : [Math.round(x) - OFFSET_PX, '-100%'];
  const [top, shiftY] = opens.down ? [Math.round(y) + OFFSET_PX, '0'] : [Math.round(y) - OFFSET_PX, '-100%'];
  return `translate(${left}px, ${top}px) translate(${shiftX}, ${shiftY})`;
}

function Facts({ facts }: { facts: readonly Fact[] }) {
  const styles = useStyles2(getStyles);
  return (
    <dl className={styles.facts}>
      {facts.map(([label, value]) => (
        <React.Fragment key={label}>
          <dt className={styles.label}>{label}</dt>
          <dd className={styles.value}>{value}</dd>
        </React.Fragment>
      ))}
    </dl>
  );
}

function Details({ about, links }: { about: Description; links: readonly LinkModel[] }) {
  const styles = useStyles2(getStyles);
  return (
    <>
      <div className={styles.actions}>
        {links.map((link) => (
          <a
            key={`${link.title} ${link.href}`}
            href={textUtil.sanitizeUrl(link.href)}
            target={link.target}
            rel="noreferrer noopener"
            onClick={link.onClick}
            className={styles.link}
          >
            {link.title}
          </a>
        ))}
        {about.spans.length > 0 && (
          <ClipboardButton size="sm" variant="secondary" fill="text" icon="copy" getText={() => copyText(about)}>
            Copy
          </ClipboardButton>
        )}
      </div>
      {about.spans.map((span) => (
        <details key={span.spanId} open={about.spans.length === 1} className={styles.details}>
          <summary>
            {span.name} · {span.service} · {span.attributes.size} attributes
          </summary>
          <Facts facts={attributesOf(span)} />
        </details>
      ))}
    </>
  );
}

function attributesOf(span: Span): Fact[] {
  const own: Fact[] = [
    ['trace id', span.traceId],
    ['span id', span.spanId],
  ];
  return [...own, ...[...span.attributes].map(([key, value]): Fact => [key, asText(value)])];
}

/** What was shown, as JSON: complete, and pasteable into a ticket. */
export function copyText(about: Description): string {
  const spans = about.spans.map(({ traceId, spanId, name, service, startMs, endMs, attributes }) => ({
    traceId,
    spanId,
    name,
    service,
    start: new Date(startMs).toISOString(),
    durationMs: endMs - startMs,
    attributes: Object.fromEntries(attributes),
  }));
  return JSON.stringify({ title: about.title, ...Object.fromEntries(about.facts), spans }, null, 2);
}

function asText(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

const getStyles = (theme: GrafanaTheme2) => ({
  box: css({
    position: 'fixed',
    top: 0,
    left: 0,
    zIndex: theme.zIndex.tooltip,
    padding: theme.spacing(1),
    background: theme.colors.background.elevated,
    border: `1px solid ${theme.colors.border.weak}`,
    borderRadius: theme.shape.radius.default,
    boxShadow: theme.shadows.z3,
  }),
  head: css({ display: 'flex', alignItems: 'center', gap: theme.spacing(1) }),
  swatch: css({ flex: 'none', width: 12, height: 4, borderRadius: theme.shape.radius.default }),
  title: css({ flex: 1, overflow: 'hidden', textOverflow: 'ellipsis' }),
  loose: css({ maxWidth: 420, overflow: 'hidden', fontSize: theme.typography.bodySmall.fontSize }),
  pinned: css({
    width: 460,
    maxWidth: '90vw',
    maxHeight: '48vh',
    overflowY: 'auto',
    fontSize: theme.typography.bodySmall.fontSize,
    outline: 'none',
  }),
  facts: css({
    display: 'grid',
    gridTemplateColumns: 'max-content minmax(0, 1fr)',
    gap: theme.spacing(0.25, 1.5),
    margin: theme.spacing(0.5, 0, 0),
  }),
  label: css({ color: theme.colors.text.secondary, fontWeight: 'normal' }),
  value: css({ margin: 0, overflowWrap: 'anywhere' }),
  hint: css({
    marginTop: theme.spacing(0.5),
    color: theme.colors.text.disabled,
    fontSize: theme.typography.bodySmall.fontSize,
  }),
  actions: css({
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: theme.spacing(1),
    marginTop: theme.spacing(1),
  }),
  link: css({ color: theme.colors.text.link, textDecoration: 'underline' }),
  details: css({
    marginTop: theme.spacing(0.5),
    '& summary': { cursor: 'pointer', color: theme.colors.text.secondary },
  }),
});
