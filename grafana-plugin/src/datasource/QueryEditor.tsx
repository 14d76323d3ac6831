import { type QueryEditorProps } from '@grafana/data';
import { Alert, Combobox, InlineField, InlineFieldRow, Input } from '@grafana/ui';
import React, { useEffect, useState } from 'react';
import { FilterEditor } from './FilterEditor';
import { type PlaypathDataSource } from './PlaypathDataSource';
import { type PlaypathCatalogue, type PlaypathQuery, type PlaypathQueryInfo } from './types';

type Props = QueryEditorProps<PlaypathDataSource, PlaypathQuery>;

const LABEL_WIDTH = 14;
const FIELD_WIDTH = 28;
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  interval: ['minute', '5m', '15m', 'hour', 'day', 'week', 'month'],
  period: ['day', 'week', 'month'],
};

/** Which named query is asked, with its options and filters. What there is comes from the collector itself. */
export function QueryEditor({ datasource, query, onChange, onRunQuery }: Props) {
  const [catalogue, setCatalogue] = useState<PlaypathCatalogue | null>(null);
  const [problem, setProblem] = useState('');
  useEffect(() => {
    let isGone = false;
    datasource.catalogue().then(
      (known) => !isGone && setCatalogue(known),
      (error: unknown) => !isGone && setProblem(error instanceof Error ? error.message : String(error))
    );
    return () => {
      isGone = true;
    };
  }, [datasource]);

  if (problem !== '') {
    return <Alert title="The collector does not say what can be asked">{problem}</Alert>;
  }
  if (catalogue === null) {
    return <p>Asking the collector what can be asked…</p>;
  }
  const change = (changed: Partial<PlaypathQuery>) => {
    onChange({ ...query, ...changed });
    onRunQuery();
  };
  const info = catalogue.queries.find(({ name }) => name === query.name);
  const dimensions = catalogue.dimensions
    .filter(({ of }) => of === (info?.of ?? 'sessions'))
    .map(({ name, title }) => ({ value: name, label: name, description: title }));
  return (
    <>
      <InlineFieldRow>
        <InlineField label="Query" labelWidth={LABEL_WIDTH} tooltip={info?.answers ?? 'What is asked'}>
          <Combobox
            id="playpath-query"
            width={FIELD_WIDTH}
            options={catalogue.queries.map(({ name, answers }) => ({ value: name, label: name, description: answers }))}
            value={query.name}
            onChange={({ value }) => change({ name: value, options: {} })}
          />
        </InlineField>
        {(info?.takes ?? []).map((option) => (
          <InlineField key={option} label={option} labelWidth={LABEL_WIDTH}>
            <OptionField
              option={option}
              value={query.options?.[option] ?? ''}
              choices={choicesOf(option, info, dimensions)}
              fallback={option === 'group' ? (info?.group ?? '') : ''}
              onChange={(value) => change({ options: { ...query.options, [option]: value } })}
            />
          </InlineField>
        ))}
      </InlineFieldRow>
      <FilterEditor filters={query.filters ?? []} dimensions={dimensions} onChange={(filters) => change({ filters })} />
    </>
  );
}

type Choice = { readonly value: string; readonly label?: string; readonly description?: string };
type OptionProps = {
  readonly option: string;
  readonly value: string;
  readonly choices: readonly Choice[];
  readonly fallback: string;
  readonly onChange: (value: string) => void;
};

function OptionField({ option, value, choices, fallback, onChange }: OptionProps) {
  if (choices.length > 0) {
    return (
      <Combobox
        id={`playpath-${option}`}
        width={FIELD_WIDTH}
        createCustomValue
        isClearable
        placeholder={fallback}
        options={[...choices]}
        value={value || null}
        onChange={(chosen) => onChange(chosen?.value ?? '')}
      />
    );
  }
  return (
    <Input
      id={`playpath-${option}`}
      width={FIELD_WIDTH}
      defaultValue={value}
      onBlur={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}

function choicesOf(option: string, info: PlaypathQueryInfo | undefined, dimensions: readonly Choice[]) {
  if (option === 'group') {
    return dimensions;
  }
  const names = option === 'order' ? (info?.orders ?? []) : (CHOICES[option] ?? []);
  return names.map((value) => ({ value }));
}
