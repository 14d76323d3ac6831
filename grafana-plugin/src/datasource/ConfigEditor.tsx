import { type DataSourceJsonData, type DataSourcePluginOptionsEditorProps } from '@grafana/data';
import { Field, Input, SecretInput } from '@grafana/ui';
import React from 'react';

export type Secrets = { readonly basicAuthPassword?: string };
type Props = DataSourcePluginOptionsEditorProps<DataSourceJsonData, Secrets>;

/** A collector shows what a token's tenant may see; under which name it is shown does not matter to it. */
const USER = 'playpath';

/** Where the collector is, and the token that says whose data this is. Grafana's proxy sends the token. */
export function ConfigEditor({ options, onOptionsChange }: Props) {
  const hasToken = options.secureJsonFields?.basicAuthPassword ?? false;
  return (
    <>
      <Field label="URL" description="Query API of a Playpath collector.">
        <Input
          id="playpath-url"
          width={50}
          placeholder="http://127.0.0.1:8080"
          value={options.url}
          onChange={({ currentTarget }) => onOptionsChange({ ...options, url: currentTarget.value, access: 'proxy' })}
        />
      </Field>
      <Field
        label="Token"
        description="Of purpose analytics or query, where the collector asks for one. It decides whose sessions are seen."
      >
        <SecretInput
          id="playpath-token"
          width={50}
          isConfigured={hasToken}
          value={options.secureJsonData?.basicAuthPassword ?? ''}
          onReset={() =>
            onOptionsChange({
              ...options,
              basicAuth: false,
              secureJsonFields: { ...options.secureJsonFields, basicAuthPassword: false },
              secureJsonData: { basicAuthPassword: '' },
            })
          }
          onChange={({ currentTarget }) =>
            onOptionsChange({
              ...options,
              basicAuth: currentTarget.value !== '',
              basicAuthUser: USER,
              secureJsonData: { basicAuthPassword: currentTarget.value },
            })
          }
        />
      </Field>
    </>
  );
}
