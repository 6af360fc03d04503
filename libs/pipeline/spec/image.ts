import { text, type TextForm } from '../schema/field.ts';

const IMAGE: TextForm = {
  pattern: '^[a-zA-Z0-9][-a-zA-Z0-9._/:]*(@sha256:[a-f0-9]{64})?$',
  words: 'an image, as registry.example/penstock:1.0 or with @sha256:...',
};

export const imageName = (description: string) =>
  text(description, { form: IMAGE, maxLength: 512 });
