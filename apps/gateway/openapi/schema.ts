import type { OpenAPIObject } from '@nestjs/swagger';

/** A JSON schema as OpenAPI 3 spells it, or a reference to one of `schemas.ts`. */
export type Schema = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>[string];

/** A JSON schema that is no reference. */
export type InlineSchema = Exclude<Schema, { $ref: string }>;
