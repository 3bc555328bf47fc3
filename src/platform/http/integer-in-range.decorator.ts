import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsInt, Max, Min, ValidateIf } from 'class-validator';

/**
 * A whole number from `min` to `max` that arrives as text, in decimal digits only (no sign, point or exponent).
 * `context` carries the bounds to the error text.
 */
export function IntegerInRange(min: number, max: number): PropertyDecorator {
  const options = { message: `a whole number from ${min} to ${max}`, context: { min, max } };
  return applyDecorators(
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value,
    ),
    IsInt(options),
    Min(min, options),
    Max(max, options),
  );
}

/** The parameter may be absent; an empty one is a mistake. */
export function Optional(): PropertyDecorator {
  return ValidateIf((_, value) => value !== undefined);
}
