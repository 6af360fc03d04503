/** When somebody has to wait before the next try. */
export interface LoginLimits {
  /** Failed tries with one user name within the window; the next ones are refused. */
  readonly failuresPerName: number;
  /** The same for one address, which may be that of many people. */
  readonly failuresPerAddress: number;
  /** Both of the window and of the wait, in ms. */
  readonly lockoutMs: number;
}
