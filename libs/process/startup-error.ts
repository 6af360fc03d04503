/** Something the user can mend: the program prints the sentence alone and exits with code 1. */
export class StartupError extends Error {
  override readonly name = 'StartupError';
}
