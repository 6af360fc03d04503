/** The commands of the image, and where each process answers for its health. */

/** Name of a process, to the setting of its port and that setting's default. */
export const PROCESSES = {
  ingest: { portSetting: 'HTTP_PORT', port: 3000 },
  writer: { portSetting: 'OPERATIONS_PORT', port: 9090 },
  gateway: { portSetting: 'GATEWAY_PORT', port: 3001 },
  keeper: { portSetting: 'OPERATIONS_PORT', port: 9090 },
  operator: { portSetting: 'OPERATIONS_PORT', port: 9090 },
  standalone: { portSetting: 'HTTP_PORT', port: 3000 },
};

/** Commands that do one thing and end: they answer nobody. */
export const TASKS = ['migrate', 'segments', 'init'];

/** Whether a process answers by HTTPS; those with nothing but operations never do. */
export function speaksTls(name, environment) {
  const isSet = (environment.TLS_CERT_FILE?.trim() ?? '') !== '';
  return isSet && PROCESSES[name].portSetting !== 'OPERATIONS_PORT';
}

/** Port of /health/live, /health/ready and /metrics. */
export function healthPort(name, environment) {
  const { portSetting, port } = PROCESSES[name];
  const given = environment[portSetting]?.trim();
  return given === undefined || given === '' ? port : Number(given);
}
