import { type DataSourceJsonData, DataSourcePlugin } from '@grafana/data';
import { ConfigEditor, type Secrets } from './ConfigEditor';
import { PlaypathDataSource } from './PlaypathDataSource';
import { QueryEditor } from './QueryEditor';
import { type PlaypathQuery } from './types';

export const plugin = new DataSourcePlugin<PlaypathDataSource, PlaypathQuery, DataSourceJsonData, Secrets>(
  PlaypathDataSource
)
  .setConfigEditor(ConfigEditor)
  .setQueryEditor(QueryEditor);
