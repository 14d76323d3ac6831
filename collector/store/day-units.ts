/** Days of one time zone, and whose they are; null is everybody's. */
export type DayUnit = {
  /** Changes with what it is of, so that sums of another configuration are not taken for it. */
  readonly name: string;
  readonly timeZone: string;
  readonly tenants: readonly string[] | null;
};

type TenantZone = { readonly name: string; readonly timeZone: string };

/** One of everybody in the zone of the store, and one of the tenants of every other zone. */
export function dayUnits(timeZone: string, tenants: readonly TenantZone[]): readonly DayUnit[] {
  const apart = tenants.filter((tenant) => tenant.timeZone !== '' && tenant.timeZone !== timeZone);
  const zones = [...new Set(apart.map((tenant) => tenant.timeZone))].toSorted();
  return [
    { name: timeZone, timeZone, tenants: null },
    ...zones.map((zone) => {
      const names = apart.filter((tenant) => tenant.timeZone === zone).map(({ name }) => name);
      return { name: `${zone}: ${names.toSorted().join(', ')}`, timeZone: zone, tenants: names };
    }),
  ];
}

/** The unit that has all of these tenants (null: of everybody) in this time zone. */
export function unitFor(
  units: readonly DayUnit[],
  timeZone: string,
  tenants: readonly string[] | null,
): DayUnit | undefined {
  return units.find(
    (unit) =>
      unit.timeZone === timeZone &&
      (unit.tenants === null || (tenants?.every((name) => unit.tenants?.includes(name)) ?? false)),
  );
}
