import { fieldCases, type FieldCase } from './field-case.ts';

/** Where the template of a workload has the specification of its pods. */
export const POD = 'spec.template.spec';

/** Of the ConfigMap of the settings. */
export const setting = (variable: string) => `data.${variable}`;

/** Requests and limits at a field, for the container of a component. */
export function resources(field: string, object: string, component: string): readonly FieldCase[] {
  const at = `${POD}.containers.${component}.resources`;
  return fieldCases(
    [`${field}.requests.*`, { cpu: '333m' }, object, `${at}.requests.cpu`, '333m'],
    [`${field}.limits.*`, { memory: '3Gi' }, object, `${at}.limits.memory`, '3Gi'],
  );
}
