import 'reflect-metadata';

import type { Type } from '@nestjs/common';

import { declaredAccess } from './declare-access.ts';

/** The key under which Nest keeps the path of a handler. */
const PATH_METADATA = 'path';

/**
 * Refuses to start with a call that does not say who may make it.
 *
 * @throws Error that names every such call
 */
export function checkDeclarations(controllers: readonly Type[]): void {
  const silent = controllers.flatMap((controller) =>
    handlersOf(controller)
      .filter(({ handler }) => declaredAccess(handler) === null)
      .map(({ name }) => `${controller.name}.${name}`),
  );
  if (silent.length === 0) return;
  throw new Error(`these calls need @Needs(permission) or @Open(): ${silent.join(', ')}`);
}

interface Handler {
  readonly name: string;
  readonly handler: object;
}

/** Also those that it inherits. */
function handlersOf(controller: Type): readonly Handler[] {
  const found: Handler[] = [];
  let prototype = controller.prototype as object | null;
  for (; prototype !== null; prototype = Object.getPrototypeOf(prototype) as object | null) {
    for (const name of Object.getOwnPropertyNames(prototype)) {
      // The class itself carries the path of the controller.
      if (name === 'constructor') continue;
      const handler: unknown = Object.getOwnPropertyDescriptor(prototype, name)?.value;
      if (isHandler(handler)) found.push({ name, handler });
    }
  }
  return found;
}

function isHandler(value: unknown): value is object {
  return typeof value === 'function' && Reflect.hasMetadata(PATH_METADATA, value);
}
