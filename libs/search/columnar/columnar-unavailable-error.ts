/** There are columnar segments, and this process was not told where their files lie. */
export class ColumnarUnavailableError extends Error {
  override readonly name = 'ColumnarUnavailableError';
  readonly code = 'columnar-not-configured';
  readonly permanent = true;

  constructor() {
    super(
      'Some events lie in columnar files, and this process is not told where: set COLUMNAR_FOLDER or S3_BUCKET as for the keeper.',
    );
  }
}
