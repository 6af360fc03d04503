export const PROCESSES: Readonly<
  Record<string, { readonly portSetting: string; readonly port: number }>
>;
export function healthPort(
  name: string,
  environment: Readonly<Record<string, string | undefined>>,
): number;
export function speaksTls(
  name: string,
  environment: Readonly<Record<string, string | undefined>>,
): boolean;
export const TASKS: readonly string[];
