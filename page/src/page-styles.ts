import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';

export function pageStyles(theme: GrafanaTheme2) {
  const control = {
    background: theme.components.input.background,
    border: `1px solid ${theme.colors.border.medium}`,
    borderRadius: theme.shape.radius.default,
    color: theme.colors.text.primary,
    height: theme.spacing(4),
    padding: theme.spacing(0, 1),
  };
  return {
    page: css({
      display: 'flex',
      flexDirection: 'column',
      height: '100vh',
      padding: theme.spacing(2),
      gap: theme.spacing(2),
    }),
    header: css({
      display: 'flex',
      flexWrap: 'wrap',
      alignItems: 'baseline',
      gap: theme.spacing(4),
      h1: { fontSize: theme.typography.h3.fontSize, margin: 0 },
    }),
    fleet: css({
      display: 'flex',
      flexWrap: 'wrap',
      gap: theme.spacing(3),
      margin: 0,
      '> div': { display: 'flex', flexDirection: 'row-reverse', gap: theme.spacing(0.5), alignItems: 'baseline' },
      dt: { color: theme.colors.text.secondary, fontWeight: theme.typography.fontWeightRegular },
      dd: { margin: 0, fontSize: theme.typography.h5.fontSize, fontVariantNumeric: 'tabular-nums' },
    }),
    main: css({ flex: 1, minHeight: 0, display: 'grid', gridTemplateColumns: 'minmax(0, 1fr)', gap: theme.spacing(2) }),
    mainWithPanel: css({
      gridTemplateColumns: '22rem minmax(0, 1fr)',
      '@media (max-width: 60rem)': { gridTemplateColumns: 'minmax(0, 1fr)', gridTemplateRows: '12rem minmax(0, 1fr)' },
    }),
    sessions: css({ minHeight: 0, display: 'flex', flexDirection: 'column', gap: theme.spacing(1) }),
    filters: css({
      display: 'flex',
      flexWrap: 'wrap',
      gap: theme.spacing(1),
      alignItems: 'center',
      input: { ...control, flex: '1 1 14rem' },
      select: { ...control, flex: '1 1 9rem', minWidth: 0 },
      button: { ...control, cursor: 'pointer' },
      output: { color: theme.colors.text.secondary },
    }),
    list: css({
      listStyle: 'none',
      overflow: 'auto',
      margin: 0,
      flex: 1,
      minHeight: 0,
      li: {
        // The link reaches over all of it.
        position: 'relative',
        display: 'grid',
        gridTemplateColumns: 'minmax(16rem, 2fr) minmax(0, 5fr) auto',
        '@media (max-width: 40rem)': { gridTemplateColumns: 'minmax(0, 1fr)', gap: theme.spacing(0.5) },
        ':hover': { background: theme.colors.action.hover },
        gap: theme.spacing(2),
        padding: theme.spacing(1),
        borderBottom: `1px solid ${theme.colors.border.weak}`,
      },
      a: { display: 'flex', flexDirection: 'column' },
      'a::after': { content: '""', position: 'absolute', inset: 0 },
      'li:hover strong': { textDecoration: 'underline' },
      'a span': { color: theme.colors.text.secondary },
      p: { margin: 0 },
      button: { ...control, cursor: 'pointer', position: 'relative', zIndex: 1 },
    }),
    narrowList: css({
      li: { gridTemplateColumns: 'minmax(0, 1fr)', gap: theme.spacing(0.5) },
      button: { justifySelf: 'start' },
    }),
    chosen: css({ background: theme.colors.action.selected }),
    panel: css({ minHeight: 0, display: 'flex', flexDirection: 'column', gap: theme.spacing(1) }),
    panelHead: css({
      display: 'flex',
      flexWrap: 'wrap',
      gap: theme.spacing(2),
      alignItems: 'center',
      color: theme.colors.text.secondary,
      a: { color: theme.colors.text.link, textDecoration: 'underline' },
      button: { ...control, cursor: 'pointer' },
      'button:last-child': { marginLeft: 'auto' },
    }),
    panelPlace: css({ flex: 1, minHeight: '20rem', overflow: 'hidden' }),
    footer: css({
      color: theme.colors.text.secondary,
      a: { color: theme.colors.text.link, textDecoration: 'underline' },
    }),
  };
}
