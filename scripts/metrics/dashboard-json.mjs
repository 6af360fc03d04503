import { format } from 'prettier';
import { dashboard } from '../../deploy/grafana/dashboard.ts';
import { ROWS } from '../../deploy/grafana/rows.ts';

/** deploy/grafana/penstock.json. */
export function dashboardJson() {
  return format(JSON.stringify(dashboard(ROWS)), { parser: 'json', printWidth: 100 });
}
