export const CRD_FILE: string;
export const CRD_PAGE: string;
export function crdFile(definition: {
  readonly apiVersion: string;
  readonly kind: string;
}): Promise<string>;
export function markdownFile(text: string): Promise<string>;
