import * as emotionCss from '@emotion/css';
import * as emotionReact from '@emotion/react';
import * as grafanaData from '@grafana/data';
import * as grafanaRuntime from '@grafana/runtime';
import * as grafanaUi from '@grafana/ui';
import * as i18next from 'i18next';
import * as lodash from 'lodash';
import * as moment from 'moment';
import * as react from 'react';
import * as reactJsx from 'react/jsx-runtime';
import * as reactDom from 'react-dom';
import * as rxjs from 'rxjs';
import * as rxjsOperators from 'rxjs/operators';

/** What Grafana hands to plugins under which name (its `sharedDependencies.ts`), as much as this host brings along. */
const SHARED: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['@emotion/css', emotionCss],
  ['@emotion/react', emotionReact],
  ['@grafana/data', grafanaData],
  ['@grafana/runtime', grafanaRuntime],
  ['@grafana/ui', grafanaUi],
  ['i18next', i18next],
  ['lodash', lodash],
  ['moment', moment],
  ['react', react],
  ['react/jsx-runtime', reactJsx],
  ['react-dom', reactDom],
  ['rxjs', rxjs],
  ['rxjs/operators', rxjsOperators],
]);

/** Throws for what Grafana would not have either: the plugin must bundle it. */
export function sharedModule(name: string): unknown {
  const found = SHARED.get(name);
  if (found === undefined) throw new Error(`The plugin asks Grafana for ${name}, which it does not share.`);
  return found;
}
