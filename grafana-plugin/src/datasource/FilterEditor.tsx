import { Button, Combobox, IconButton, InlineField, InlineFieldRow, Input } from '@grafana/ui';
import React from 'react';
import { type PlaypathFilter } from './types';

type Props = {
  readonly filters: readonly PlaypathFilter[];
  readonly dimensions: ReadonlyArray<{ readonly value: string; readonly label: string; readonly description: string }>;
  readonly onChange: (filters: readonly PlaypathFilter[]) => void;
};

/** Dimensions that must have one of some values: written with commas, or as a variable. */
export function FilterEditor({ filters, dimensions, onChange }: Props) {
  const changed = (index: number, filter: Partial<PlaypathFilter>) =>
    onChange(filters.map((old, other) => (other === index ? { ...old, ...filter } : old)));
  return (
    <InlineFieldRow>
      {filters.map(({ dimension, values }, index) => (
        <React.Fragment key={index}>
          <InlineField label="where" labelWidth={14}>
            <Combobox
              id={`playpath-filter-${index}`}
              width={20}
              options={[...dimensions]}
              value={dimension || null}
              onChange={({ value }) => changed(index, { dimension: value })}
            />
          </InlineField>
          <InlineField label="is">
            <Input
              id={`playpath-values-${index}`}
              width={28}
              placeholder="DE,ES or $country"
              defaultValue={values}
              onBlur={({ currentTarget }) => changed(index, { values: currentTarget.value })}
            />
          </InlineField>
          <IconButton
            name="times"
            tooltip="Remove this filter"
            onClick={() => onChange(filters.filter((_, other) => other !== index))}
          />
        </React.Fragment>
      ))}
      <Button
        variant="secondary"
        icon="plus"
        size="sm"
        onClick={() => onChange([...filters, { dimension: '', values: '' }])}
      >
        Filter
      </Button>
    </InlineFieldRow>
  );
}
